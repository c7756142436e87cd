// The wall: tiles stay where they are while somebody looks, and the page counts how many would move (R). Risk slides
// by itself; what was said last pushes out what was said first.
import "./mask.js";

const CELL_MS = 5000;
const CELLS = 60;
const SENTENCES = 3;

const tiles = document.querySelector(".tiles");
const button = document.getElementById("reorder");
const delay = document.getElementById("delay");
const skewMs = Date.parse(tiles.dataset.now) - Date.now(); // the reader's clock may be wrong

// ── order ──

const rankOf = (tile) => Number(tile.querySelector(".vitals").dataset.rank);
const urgencyOf = (tile) => Number(tile.querySelector(".alarm")?.dataset.urgency ?? 0);

// As vigie.site.attention.place: what is over comes last, then by alerts, then by the rest.
function places() {
  const keys = [...tiles.children].map((tile) => [rankOf(tile) < 0, -urgencyOf(tile), -rankOf(tile)]);
  return keys.map((_, at) => at).sort((one, other) => keys[one].map((key, n) => key - keys[other][n]).find(Boolean) ?? one - other);
}

// What stands in the right order already is the longest rising run; all else would move.
function moving(order) {
  const ends = [];
  for (const place of order) {
    const at = ends.findIndex((end) => end > place);
    if (at < 0) ends.push(place);
    else ends[at] = place;
  }
  return order.length - ends.length;
}

function countMoves() {
  const count = moving(places());
  const shown = button.querySelector(".count");
  if (shown.textContent !== (count ? String(count) : "")) shown.textContent = count || "";
}

// ── words ──

function trim(list) {
  while (list.children.length > SENTENCES) list.firstElementChild.remove();
}

function said(s) {
  if (s < 1) return "< 1 s";
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")}`;
}

function tellDelay() {
  const late = [...tiles.querySelectorAll('[data-late]:not([data-late=""])')].map((line) => Number(line.dataset.late));
  if (!delay || !late.length) return;
  late.sort((one, other) => one - other);
  delay.hidden = false;
  delay.querySelector("b").textContent = said(late[(late.length - 1) >> 1]);
}

const oldest = (bars) => bars.querySelector("[data-cell]"); // what was added comes in order

function slide() {
  if (document.hidden) return;
  const now = Date.now() + skewMs;
  for (const bars of tiles.querySelectorAll("svg[data-began]")) {
    if (rankOf(bars.closest(".tile")) < 0) continue; // over
    const first = Math.floor((now - Date.parse(bars.dataset.began)) / CELL_MS) - CELLS + 1;
    bars.setAttribute("viewBox", `${first} 0 ${CELLS} 100`);
    for (let bar = oldest(bars); bar && Number(bar.dataset.cell) < first; bar = oldest(bars)) bar.remove();
  }
}

// ── what happens ──

// A picture that cannot be had leaves its place to the plain one behind it.
const isBroken = (picture) => picture.complete && !picture.naturalWidth;
for (const picture of tiles.querySelectorAll(".thumb img")) if (isBroken(picture)) picture.remove();
tiles.addEventListener("error", ({ target }) => target.matches(".thumb img") && target.remove(), true);

let isDue = false;
function soon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    countMoves();
    tellDelay();
  });
}

tiles.addEventListener("vigie:placed", ({ target }) => {
  if (target.matches(".last")) trim(target);
  soon();
});
tiles.addEventListener("htmx:afterSettle", () => {
  slide();
  soon();
});
document.addEventListener("visibilitychange", slide);
setInterval(slide, CELL_MS);
slide();
soon();
