"""The wall, in a browser: it changes while one looks, nothing moves by itself, and keys are enough."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.looks import PHONE
from tests.journeys.product import Product, started
from tests.journeys.visitor import account_of, sign_in, silent_page

pytestmark = pytest.mark.chromium

SHUFFLE = """tiles => {
  const before = [...tiles.children].map(({ id }) => id);
  tiles.append(tiles.firstElementChild);
  tiles.dispatchEvent(new CustomEvent("vigie:placed", { bubbles: true, detail: { fresh: [], swap: "append" } }));
  return before;
}"""
"""As if the page had been opened when another tile came first."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with started("demo", tmp_path_factory.mktemp("wall")) as product:
        yield product


@pytest.fixture(scope="module")
def reader(house: Product, browser: Browser) -> Iterator[Page]:
    """Sign in to the demo, in English, and wait until something was said in two lives."""
    with silent_page(browser, "en-GB") as page:
        sign_in(page, house.url, account_of(house))
        page.wait_for_url("**/wall/")
        page.goto(f"{house.url}/profile/")
        page.locator("[name=language]").select_option("en")
        page.locator("main button[type=submit]").first.click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        yield page


@pytest.fixture
def wall(reader: Page, house: Product) -> Page:
    reader.goto(f"{house.url}/w/veille-estuaire/wall/")
    expect(reader.get_by_role("heading", level=1, name="Wall")).to_be_visible()
    reader.wait_for_load_state()
    expect(reader.locator(".tile:has(.last li)").nth(1)).to_be_visible()
    return reader


def ids(wall: Page) -> list[str]:
    found: list[str] = wall.locator(".tile").evaluate_all("tiles => tiles.map(tile => tile.id)")
    return found


def test_tiles_change_while_one_looks_and_none_moves(wall: Page) -> None:
    wall.evaluate("window.isTheSamePage = true")
    before, last = ids(wall), wall.locator(".tile .last li:last-child").first
    said = last.get_attribute("id")
    bars = wall.locator(".tile:first-child svg [data-cell]").count()

    expect(last).not_to_have_id(said or "")
    expect(wall.locator(".tile svg [data-cell]").first).to_be_attached()

    assert wall.evaluate("window.isTheSamePage") is True
    assert ids(wall)[: len(before)] == before
    assert wall.locator(".tile:first-child .last li").count() <= 3
    assert wall.locator(".tile:first-child svg [data-cell]").count() >= bars


def test_alerts_reach_tiles_counters_and_the_column(wall: Page) -> None:
    expect(wall.locator(".alarm:is(.is-high, .is-med)").first).to_be_attached()

    expect(wall.locator("#side .tick").first).to_be_visible()
    expect(wall.locator("#count-waiting b")).to_have_text(re.compile("[1-9]"))
    expect(wall.locator("#delay b")).to_have_text(re.compile(r"\d+ (s|min)"))


def reorder(wall: Page) -> None:
    """Have the tiles put in order, and wait until they are."""
    wall.locator(".tiles").evaluate("tiles => tiles.firstElementChild.dataset.old = 'yes'")
    wall.keyboard.press("r")
    expect(wall.locator(".tile[data-old]")).to_have_count(0)
    expect(wall.locator("#reorder .count")).to_have_text("")


def test_what_would_move_is_counted_and_moves_when_asked(wall: Page) -> None:
    reorder(wall)

    before = wall.locator(".tiles").evaluate(SHUFFLE)

    assert ids(wall)[: len(before)] == [*before[1:], before[0]]
    expect(wall.locator("#reorder .count")).to_have_text(re.compile("[1-9]"))
    reorder(wall)
    assert set(ids(wall)) >= set(before)


def test_keys_walk_the_tiles_and_open_one(wall: Page) -> None:
    first, second = (wall.locator(".tile").nth(place) for place in (0, 1))
    wall.keyboard.press("j")
    expect(first).to_be_focused()
    wall.keyboard.press("j")
    expect(second).to_be_focused()
    wall.keyboard.press("k")
    expect(first).to_be_focused()
    name = first.locator(".name").inner_text()

    wall.keyboard.press("Enter")

    expect(wall.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_help_lists_the_keys_of_the_wall(wall: Page) -> None:
    wall.keyboard.press("?")

    lines = wall.locator("#keys [data-keys] div")
    expect(lines.filter(has_text="Reorder")).to_have_text("RReorder")
    expect(lines.filter(has_text="next, previous")).to_be_visible()
    wall.keyboard.press("Escape")


def test_filter_is_kept_in_the_address(wall: Page) -> None:
    wall.get_by_role("button", name="All platforms").click()
    wall.locator("#platforms").get_by_role("link", name="Web").click()
    wall.wait_for_url("**/wall/?platform=web")
    expect(wall.get_by_role("button", name="Web")).to_be_visible()
    expect(wall.locator(".tile .name").first).to_be_visible()

    wall.locator("#count-badly").click()

    wall.wait_for_url("**/wall/?heard=badly")
    expect(wall.get_by_role("button", name="Badly heard")).to_be_visible()


def test_who_looks_says_so(wall: Page) -> None:
    address = wall.locator(".tiles").get_attribute("data-look")
    token = "JSON.parse(document.body.getAttribute('hx-headers'))"

    answered = wall.evaluate(
        f"address => fetch(address, {{ method: 'POST', headers: {token} }}).then(a => a.status)", address
    )

    assert answered == 204


def test_wall_on_a_phone_offers_reordering_only_when_something_would_move(wall: Page) -> None:
    wall.set_viewport_size(PHONE)
    button = wall.locator("#reorder")
    button.evaluate("button => button.click()")
    expect(button).to_be_hidden()

    wall.locator(".tiles").evaluate(SHUFFLE)

    expect(button).to_be_in_viewport()
    button.click()
    expect(button).to_be_hidden()
    wall.set_viewport_size({"width": 1440, "height": 900})
