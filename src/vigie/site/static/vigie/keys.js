// Keys. Any button or link that carries data-key="c" is pressed by that key; the help (?) lists them.
// data-cap is what is written on a key without a letter. Lists that carry data-list are walked with J and K; Enter opens the current row.
const help = document.getElementById("keys");

const isTyping = (target) => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") !== null;
const isItsOwn = (key, target) => (key === " " && target.closest("button, a, summary, input, video")) || (key.startsWith("arrow") && target.closest("input, video"));
const isShown = (element) => element.checkVisibility();

function rows() {
  return [...document.querySelectorAll("[data-list] [data-row]")].filter(isShown);
}

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1)];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function listKeys() {
  const section = help.querySelector("[data-keys]");
  for (const old of section.querySelectorAll("div")) old.remove();
  const seen = new Map();
  if (rows().length) seen.set("J K", section.dataset.walk).set(section.dataset.enter, section.dataset.open);
  for (const button of document.querySelectorAll("[data-key]")) {
    if (isShown(button)) seen.set(button.dataset.cap ?? button.dataset.key.toUpperCase(), button.getAttribute("aria-label") ?? button.dataset.keyLabel ?? label(button));
  }
  for (const [key, text] of seen) {
    const line = document.createElement("div");
    const cap = document.createElement("kbd");
    const words = document.createElement("span");
    cap.textContent = key;
    words.textContent = text;
    words.className = "t2";
    line.append(cap, words);
    section.append(line);
  }
  section.hidden = seen.size === 0;
}

function label(button) {
  const copy = button.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, [hidden], .count")) extra.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
}

function openHelp() {
  listKeys();
  help.showModal();
}

function press(key) {
  const button = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isShown);
  button?.click();
  return Boolean(button);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !"jk".includes(event.key) || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "?") return help?.open ? help.close() : help && openHelp();
  if (document.querySelector("dialog[open]")) return;
  if (isItsOwn(key, event.target)) return; // it presses or moves what has the focus
  if ((key === "j" || key === "k") && rows().length) walk(key === "j" ? 1 : -1);
  else if (key === "enter" && event.target.matches("[data-row]")) event.target.querySelector("a[href]")?.click();
  else if (!press(key)) return;
  event.preventDefault();
}

addEventListener("keydown", onKey);
addEventListener("click", (event) => event.target.closest('[data-open="keys"]') && listKeys());
