// Slurs are a bar; B shows their first letter and dots. The choice holds for this tab.
const KEY = "vigie.unmask";

function show(isShortened) {
  document.body.toggleAttribute("data-unmask", isShortened);
  for (const button of document.querySelectorAll("[data-mask]")) {
    button.setAttribute("aria-pressed", String(!isShortened));
    button.querySelector("[data-masked]").hidden = isShortened;
    button.querySelector("[data-unmasked]").hidden = !isShortened;
  }
}

addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-mask]")) return;
  const isShortened = !document.body.hasAttribute("data-unmask");
  sessionStorage.setItem(KEY, isShortened ? "yes" : "");
  show(isShortened);
});

show(sessionStorage.getItem(KEY) === "yes");
