"""What every page must be: accessible, and never wider than the screen; in both themes, on a phone and on a desk."""

from pathlib import Path

from playwright.sync_api import Page, ViewportSize

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
PHONE: ViewportSize = {"width": 360, "height": 800}
DESK: ViewportSize = {"width": 1440, "height": 900}
LIGHT, DARK = "light", "dark"
OF_COLORS = ["color-contrast", "link-in-text-block"]
"""All that a theme can change."""
LOOK = """async (rules) => {
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(document, { preload: false, resultTypes: ["violations"], ...only });
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 150)}`));
}"""

STICKING_OUT = """() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const isOut = (element) => element.getBoundingClientRect().right > clientWidth + 0.5;
  const out = [...document.body.querySelectorAll("*")].filter((one) => isOut(one) && ![...one.children].some(isOut));
  const told = out.map((one) => `beyond the edge: ${one.outerHTML.slice(0, 150)}`);
  return [`${scrollWidth - clientWidth} px too wide`, ...told];
}"""


def flaws(page: Page) -> list[str]:
    """Return what is wrong with the look of the page as it stands, one line each."""
    found: list[str] = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        where = f"{page.url} at {size['width']} px"
        for theme, rules in ((LIGHT, []), (DARK, OF_COLORS)):
            use_theme(page, theme)
            found += [f"{where}, {theme}: {violation}" for violation in serious_violations(page, rules)]
        found += [f"{where}: {trouble}" for trouble in page.evaluate(STICKING_OUT)]
    return found


def serious_violations(page: Page, rules: list[str]) -> list[str]:
    """Return what axe-core finds serious or critical by these rules, or by all of its own, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))  # by the browser's debugger: the CSP stays as it is
    violations: list[str] = page.evaluate(LOOK, rules)
    return violations


def use_theme(page: Page, theme: str) -> None:
    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
