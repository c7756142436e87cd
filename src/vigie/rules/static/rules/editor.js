// The editor of a rule: the focus stays where the reader works when the form is shown anew, and nothing typed meanwhile
// is lost. Enter in a field saves nothing: it only asks for the preview.
const form = document.getElementById("rule-form");
const sheet = document.getElementById("sheet");
const typed = () => new URLSearchParams(new FormData(form)).toString();
const asked = new WeakMap(); // what the form held when the request was sent
const saved = typed();
let isSent = false;

function focusOn(place) {
  const [name, value] = place.split("=");
  const wanted = value === undefined ? `[name^="${CSS.escape(name)}"]:not([type=hidden])` : `button[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`;
  sheet.querySelector(wanted)?.focus({ preventScroll: true });
}

document.addEventListener("vigie:sheet", ({ detail }) => detail.focus && focusOn(detail.focus));

const changesSheet = (detail) => detail.target === sheet;
document.addEventListener("htmx:beforeSend", ({ detail }) => changesSheet(detail) && asked.set(detail.xhr, typed()));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!changesSheet(detail) || asked.get(detail.xhr) === typed()) return;
  detail.shouldSwap = false; // somebody went on typing: ask once more, with what is there by now
  const { elt } = detail.requestConfig;
  htmx.trigger(elt, elt.matches("button") ? "click" : "change");
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});
form.addEventListener("submit", () => (isSent = true));

// Whatever else is pressed does not throw away what was typed and not saved.
addEventListener("beforeunload", (event) => {
  if (!isSent && typed() !== saved) event.preventDefault();
});
