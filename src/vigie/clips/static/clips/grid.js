// The archive: clips are chosen with their boxes or the key X; what is new waits in a line until it is asked for.
const SETTLE_MS = 300;

const boxes = () => [...document.querySelectorAll("#grid input[name=clip]")];
const chosen = () => boxes().filter((box) => box.checked);

function showChosen() {
  const bar = document.getElementById("chosen");
  if (!bar) return;
  const count = chosen().length;
  bar.hidden = count === 0;
  document.getElementById("chosen-count").textContent = count;
}

document.addEventListener("change", (event) => event.target.matches("#grid input[name=clip]") && showChosen());
addEventListener("click", (event) => {
  if (!event.target.closest?.("#choose-none")) return;
  for (const box of boxes()) box.checked = false;
  showChosen();
});

// The box of the current clip answers to X; Esc empties the choice.
document.addEventListener("focusin", (event) => {
  const current = event.target.closest("#grid [data-row]");
  if (!current) return;
  for (const label of document.querySelectorAll("#grid .choose[data-key]")) delete label.dataset.key;
  const label = current.querySelector(".choose");
  if (label) label.dataset.key = "x";
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && chosen().length && !document.querySelector("dialog[open], :popover-open")) document.getElementById("choose-none").click();
});

// ── pushes: cards change in their place; the line of what is new asks for itself again ──

let timer = 0;
function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const news = document.getElementById("clips-news");
    if (news) htmx.ajax("GET", news.dataset.resync, { source: news, target: news, swap: "innerHTML" });
  }, SETTLE_MS);
}

// A card that is told anew keeps its check.
const kept = new Set();
document.addEventListener("change", (event) => {
  if (!event.target.matches("#grid input[name=clip]")) return;
  if (event.target.checked) kept.add(event.target.value);
  else kept.delete(event.target.value);
});
document.addEventListener("vigie:placed", (event) => {
  if (event.target.id === "clips-news") refreshSoon();
  for (const box of boxes()) box.checked = kept.has(box.value);
  showChosen();
});
document.addEventListener("htmx:oobAfterSwap", () => {
  kept.clear();
  showChosen();
});
addEventListener("pageshow", showChosen);
showChosen();

const undoable = document.getElementById("undoable")?.dataset;
if (undoable) document.dispatchEvent(new CustomEvent("vigie:toast", { detail: { ...undoable, seconds: Number(undoable.seconds) } }));
