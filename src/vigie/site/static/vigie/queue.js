// The queue: one current row, decided by a key and greyed at once; what is new waits in a line until it is asked for.
import "./mask.js";

const SETTLE_MS = 300;

const rows = () => [...document.querySelectorAll("#queue [data-row]")];
let currentId = rows()[0]?.id;

// The current row is the one whose buttons answer to the keys.
function choose(row) {
  currentId = row?.id;
  for (const other of rows()) {
    other.classList.toggle("on", other.id === currentId);
    for (const button of other.querySelectorAll("[data-row-key]")) {
      if (other.id === currentId) button.dataset.key = button.dataset.rowKey;
      else delete button.dataset.key;
    }
  }
}

const chooseAgain = () => choose(document.getElementById(currentId) ?? rows()[0]);

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("#queue [data-row]");
  if (row) choose(row);
});

// ── deciding is shown at once; the answer of the server, or its refusal, takes the row's place ──

function rowOf(event) {
  return event.detail.elt?.closest?.("#queue [data-row]");
}

function nextOf(row) {
  const all = rows();
  const here = all.indexOf(row);
  const waits = (other) => !other.classList.contains("taken");
  return all.slice(here + 1).find(waits) ?? all.slice(0, here).findLast(waits);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const row = rowOf(event);
  if (!row || event.detail.requestConfig.verb !== "post") return;
  row.classList.add("taken");
  nextOf(row)?.focus({ preventScroll: false });
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 409) event.detail.shouldSwap = true; // the row as somebody else left it
});
for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failure, (event) => event.detail.xhr.status !== 409 && rowOf(event)?.classList.remove("taken"));
}

// ── pushes: the line of what is new and the counts ask for themselves again; the list stays ──

let timer = 0;
function refreshSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const news = document.getElementById("news");
    if (news) htmx.ajax("GET", news.dataset.resync, { source: news, target: news, swap: "innerHTML" });
  }, SETTLE_MS);
}

document.addEventListener("vigie:placed", (event) => {
  if (event.target.closest("#news, #queue")) refreshSoon();
  chooseAgain();
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "main") return chooseAgain();
  choose(rows()[0]); // what is new was asked for: the list begins anew
  rows()[0]?.focus({ preventScroll: true });
});

document.querySelector(".views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone they lie in one line

const undoable = document.getElementById("undoable")?.dataset;
if (undoable) sessionStorage.removeItem(`vigie.draft.${undoable.alert}`);
if (undoable) document.dispatchEvent(new CustomEvent("vigie:toast", { detail: { ...undoable, seconds: Number(undoable.seconds) } }));
chooseAgain();
