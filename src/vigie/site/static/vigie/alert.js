// One alert: the transcript follows the sound, a draft is kept, what was just decided can be undone.
import "./mask.js";
import { seek } from "./player.js";

const rows = () => [...document.querySelectorAll("#moment .mrow")];
const box = () => document.querySelector("#moment .scroll");

// ── the transcript follows the sound; a click on a line goes there ──

function current() {
  return document.querySelector("#moment .mrow.on");
}

function bringIntoView(row) {
  const scroll = box();
  const head = scroll.querySelector(".h").offsetHeight;
  const top = row.offsetTop - scroll.querySelector(".moment").offsetTop;
  const isSeen = top - head >= scroll.scrollTop && top + row.offsetHeight <= scroll.scrollTop + scroll.clientHeight;
  if (!isSeen) scroll.scrollTop = top - head - scroll.clientHeight / 4;
}

let lastAt = null;
function follow({ at, isPlaying }) {
  lastAt = at;
  const row = rows().findLast((line) => Number(line.dataset.start) <= at + 0.01);
  if (row === current()) return;
  current()?.classList.remove("on");
  row?.classList.add("on");
  if (row && isPlaying) bringIntoView(row);
}

document.addEventListener("vigie:at", (event) => follow(event.detail));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "moment" && lastAt !== null) follow({ at: lastAt, isPlaying: false });
});

addEventListener("click", (event) => {
  const row = event.target.closest?.("#moment .mrow");
  if (!row || !document.getElementById("sound") || !getSelection().isCollapsed) return;
  seek(Number(row.dataset.start));
});

// The passages that were marked, one after the other.
function jump(step) {
  const marked = rows().filter((row) => row.dataset.flagged);
  const here = rows().indexOf(current());
  const ahead = (row) => (rows().indexOf(row) - here) * step > 0;
  const found = step > 0 ? marked.find(ahead) : marked.findLast(ahead);
  if (!found) return;
  if (document.getElementById("sound")) seek(Number(found.dataset.start));
  else follow({ at: Number(found.dataset.start) });
  bringIntoView(found);
}

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-jump]");
  if (button) jump(Number(button.dataset.jump));
});

// ── a draft is kept until its decision was recorded: the connection, or the session, may end before ──

const undoable = document.getElementById("undoable")?.dataset;
if (undoable) sessionStorage.removeItem(`vigie.draft.${undoable.alert}`);

const form = document.getElementById("decide");
const draftKey = form && `vigie.draft.${form.dataset.alert}`;

function keep() {
  const { category, note } = Object.fromEntries(new FormData(form));
  if (category || note) sessionStorage.setItem(draftKey, JSON.stringify({ category, note }));
  else sessionStorage.removeItem(draftKey);
  document.getElementById("draft").hidden = !(category || note);
}

function takeUp() {
  const { category, note } = JSON.parse(sessionStorage.getItem(draftKey) ?? "{}");
  if (note && !form.note.value) form.note.value = note;
  if (category && !form.category.value) form.category.value = category;
  document.getElementById("draft").hidden = !(category || note);
}

if (form) {
  takeUp();
  form.addEventListener("input", keep);
}

// ── undo what was decided on the page before ──

if (undoable) document.dispatchEvent(new CustomEvent("vigie:toast", { detail: { ...undoable, seconds: Number(undoable.seconds) } }));

const first = current();
if (first) bringIntoView(first);

// ── what could not be recorded is seen first; the address of a form is no page to come back to ──

const decision = document.getElementById("decision");
decision.querySelector("[role=alert], .errorlist")?.scrollIntoView({ block: "center" });
if (location.pathname !== decision.dataset.address) history.replaceState(null, "", decision.dataset.address);
