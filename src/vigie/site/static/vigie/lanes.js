// The lanes of a live: which window is shown, what is selected, where the playhead is.
// The server draws them; what is dragged lies over its drawing. The window and the selection are in the address.
// Tells the lists: "vigie:go" { at }, "vigie:picked" { parts | null }, "vigie:follow". Hears "vigie:at" { at } from them.
import { setClocks } from "./clock.js";
import { toast } from "./toasts.js";

const REDRAW_MS = 10_000; // what is counted is counted in stretches of ten seconds
const LONGEST_ANSWER_MS = 15_000;
const SETTLED_MS = 150; // a brush that still moves asks for nothing
const SHORTEST_S = 60;
const NUDGE_S = 5;
const SHORTEST_PICK_S = 0.5;
const DRAGGED_PX = 6;

const timeline = document.getElementById("timeline");
const lanes = document.getElementById("lanes");
const drawn = document.getElementById("drawn");
const picked = document.getElementById("picked");
const follower = document.getElementById("follow");
const part = (name) => document.getElementById(name);
const isRunning = "running" in timeline.dataset;
const two = (value) => String(value).padStart(2, "0");

let view = read();
let lastScale = view.scale || "30min";
let brush = null; // { from, to } in seconds
let head = null;
let isDragging = false;
let asked = 0;
let settling = 0;

function read() {
  const { from, to, edge, whole, scale } = lanes.firstElementChild.dataset;
  return { from: Number(from), to: Number(to), edge: Number(edge), whole: Number(whole), scale };
}

function timecode(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

// ── places and moments ───────────────────────────────────────────────────────────────────────────────────────────

const share = (at) => (at - view.from) / (view.to - view.from);
const percent = (value) => `${(100 * value).toFixed(3)}%`;
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

function momentAt(x) {
  const box = lanes.querySelector(".lane.axis .plot").getBoundingClientRect();
  return clamp(view.from + ((x - box.left) / box.width) * (view.to - view.from), view.from, Math.min(view.to, Math.max(view.edge, 1)));
}

function lay(element, from, to = from) {
  element.hidden = to < view.from || from > view.to;
  element.style.left = percent(share(from));
  element.style.width = to > from ? percent(share(to) - share(from)) : "";
}

function show() {
  if (brush) lay(part("brush"), brush.from, brush.to);
  else part("brush").hidden = true;
  if (head === null) part("playhead").hidden = true;
  else lay(part("playhead"), head);
  if (isRunning) lay(part("now"), view.edge);
  const bars = lanes.querySelector("#picked-bars rect");
  bars?.setAttribute("x", brush ? 1000 * share(brush.from) : 0);
  bars?.setAttribute("width", brush ? 1000 * (share(brush.to) - share(brush.from)) : 0);
  for (const link of document.querySelectorAll("a[data-scale]")) {
    if (link.dataset.scale === view.scale) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  follower?.setAttribute("aria-pressed", String(Boolean(view.scale)));
}

// ── the window ───────────────────────────────────────────────────────────────────────────────────────────────────

function asAddress({ from, to, scale }) {
  return scale ? { scale } : { from: from.toFixed(1), to: to.toFixed(1) };
}

function remember() {
  const wanted = new URLSearchParams(asAddress(view));
  if (brush) wanted.set("sel", `${brush.from.toFixed(1)}-${brush.to.toFixed(1)}`);
  history.replaceState(null, "", `?${wanted}${location.hash}`);
}

async function ask(address, query) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams(query)}`, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null; // the page says elsewhere that there is no connection
  }
}

async function redraw(wanted = view) {
  const mine = ++asked;
  const html = await ask(timeline.dataset.lanes, asAddress(wanted));
  if (html === null || mine !== asked || isDragging) return;
  const hadFocus = document.activeElement?.id === "whole";
  lanes.innerHTML = html;
  if (hadFocus) part("whole")?.focus({ preventScroll: true });
  view = read();
  show();
}

function look(wanted) {
  if (wanted.scale) lastScale = wanted.scale;
  view = { ...view, ...wanted };
  remember();
  redraw();
}

function lookAt(from, to) {
  const length = clamp(to - from, SHORTEST_S, view.whole);
  const start = clamp(from, 0, Math.max(0, view.whole - length));
  look({ from: start, to: start + length, scale: "" });
}

function zoom(factor) {
  const middle = head !== null && share(head) >= 0 && share(head) <= 1 ? head : view.scale ? view.to : (view.from + view.to) / 2;
  const place = share(middle);
  const length = (view.to - view.from) * factor;
  lookAt(middle - length * place, middle + length * (1 - place));
}

function follow() {
  head = null;
  clear();
  look({ scale: lastScale });
  document.dispatchEvent(new CustomEvent("vigie:follow"));
}

// The window of the overview is dragged; a press beside it brings it there.
function dragWindow(down) {
  const whole = part("whole");
  const box = whole.getBoundingClientRect();
  const moment = (x) => clamp((x - box.left) / box.width, 0, 1) * view.whole;
  const length = view.to - view.from;
  const isInside = moment(down.clientX) >= view.from && moment(down.clientX) <= view.to;
  const grip = isInside ? moment(down.clientX) - view.from : length / 2;
  const rect = whole.querySelector(".window rect");
  const former = rect.getAttribute("x");
  const startOf = (x) => clamp(moment(x) - grip, 0, Math.max(0, view.whole - length));
  const move = (event) => rect.setAttribute("x", percent(startOf(event.clientX) / view.whole));
  const end = (event) => lookAt(startOf(event.clientX), startOf(event.clientX) + length);
  drag(down, move, end, () => rect.setAttribute("x", former));
  move(down);
}

// A finger that turns out to scroll the page cancels its drag: what was there before is restored.
function drag(down, move, end, restore) {
  isDragging = true;
  drawn.setPointerCapture(down.pointerId);
  const stop = (event) => {
    isDragging = false;
    drawn.removeEventListener("pointermove", move);
    drawn.removeEventListener("pointerup", stop);
    drawn.removeEventListener("pointercancel", cancel);
    end(event);
  };
  const cancel = () => {
    isDragging = false;
    drawn.removeEventListener("pointermove", move);
    drawn.removeEventListener("pointerup", stop);
    restore();
  };
  drawn.addEventListener("pointermove", move);
  drawn.addEventListener("pointerup", stop);
  drawn.addEventListener("pointercancel", cancel, { once: true });
}

// ── the playhead and the selection ───────────────────────────────────────────────────────────────────────────────

function goTo(at) {
  setHead(at);
  document.dispatchEvent(new CustomEvent("vigie:go", { detail: { at } }));
}

function setHead(at) {
  head = clamp(at, 0, view.whole);
  if (head < view.from || head > view.to) {
    const half = (view.to - view.from) / 2;
    lookAt(head - half, head + half);
  }
  show();
}

function pick(from, to) {
  brush = { from: Math.min(from, to), to: Math.max(from, to) };
  if (view.scale && isRunning) view = { ...view, scale: "" }; // what is selected stands still
  show();
  remember();
  clearTimeout(settling);
  settling = setTimeout(showPicked, SETTLED_MS);
}

async function showPicked() {
  const wanted = brush;
  const html = wanted && (await ask(timeline.dataset.stretch, { from: wanted.from.toFixed(1), to: wanted.to.toFixed(1) }));
  if (!html || wanted !== brush) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  setClocks(template.content);
  const parts = [...template.content.children];
  const bar = parts.find((element) => element.id === "picked-bar");
  picked.replaceChildren(bar);
  htmx.process(bar);
  document.dispatchEvent(new CustomEvent("vigie:picked", { detail: { parts: parts.filter((element) => element !== bar) } }));
}

function clear() {
  if (!brush) return false;
  brush = null;
  clearTimeout(settling);
  picked.replaceChildren();
  show();
  remember();
  document.dispatchEvent(new CustomEvent("vigie:picked", { detail: { parts: null } }));
  return true;
}

function dragBrush(down) {
  const first = momentAt(down.clientX);
  const former = brush;
  let isBrush = false;
  const restore = () => {
    brush = former;
    show();
  };
  const move = (event) => {
    isBrush ||= Math.abs(event.clientX - down.clientX) > DRAGGED_PX;
    if (!isBrush) return;
    const here = momentAt(event.clientX);
    brush = { from: Math.min(first, here), to: Math.max(first, here) };
    show();
  };
  const end = (event) => {
    const last = momentAt(event.clientX);
    if (isBrush && Math.abs(last - first) >= SHORTEST_PICK_S) return pick(first, last);
    restore();
    clear();
    goTo(first);
  };
  drag(down, move, end, restore);
}

drawn.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary || !event.target.closest(".plot") || event.target.closest("a")) return;
  if (event.target.closest("#whole")) dragWindow(event);
  else dragBrush(event);
});

// ── keys and buttons ─────────────────────────────────────────────────────────────────────────────────────────────

const steers = (target) => target.closest?.("input, textarea, select, [role=tablist], dialog") === null;

function nudge(step, isSelecting) {
  const from = head ?? Math.min(view.edge, view.to);
  if (!isSelecting) return goTo(from + step * NUDGE_S);
  const anchor = brush ? (head === brush.to ? brush.from : brush.to) : from;
  const next = clamp(from + step * NUDGE_S, 0, Math.max(view.edge, 1));
  setHead(next);
  if (next === anchor) clear();
  else pick(anchor, next);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || !steers(event.target)) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && event.target.id === "whole") {
    const length = view.to - view.from;
    lookAt(view.from + (step * length) / 2, view.to + (step * length) / 2);
  } else if (step) nudge(step, event.shiftKey);
  else return;
  event.preventDefault();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], :popover-open")) return;
  if (clear() || head === null) return;
  head = null;
  show();
});

addEventListener("click", async (event) => {
  const on = (selector) => event.target.closest?.(selector);
  if (on("[data-scale]:is(a)")) {
    event.preventDefault();
    look({ scale: on("[data-scale]").dataset.scale });
  } else if (on("[data-zoom]")) zoom(Number(on("[data-zoom]").dataset.zoom));
  else if (on("#follow")) follow();
  else if (on("#clear-pick")) clear();
  else if (on("#copy-link")) {
    await navigator.clipboard?.writeText(location.href);
    toast(on("#copy-link")?.dataset.done ?? part("copy-link").dataset.done);
  } else if (on('[data-open="figures"]')) part("figures-in").innerHTML = (await ask(timeline.dataset.table, asAddress(view))) ?? "";
  else if (on('[data-open="marking"]')) prepareMark();
  else if (on("[data-go]")) {
    event.preventDefault();
    on("dialog")?.close();
    goTo(Number(on("[data-go]").dataset.go));
  }
});

new MutationObserver(() => htmx.process(part("figures-in"))).observe(part("figures-in"), { childList: true });
document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.matches?.("[data-redraws]") && redraw());
document.addEventListener("vigie:at", ({ detail }) => setHead(detail.at));

// ── marks ────────────────────────────────────────────────────────────────────────────────────────────────────────

function prepareMark() {
  part("mark").reset();
  part("mark-trouble").hidden = true;
  part("mark-of").textContent = `${timecode(brush.from)} → ${timecode(brush.to)}`;
}

part("mark")?.addEventListener("submit", async (event) => {
  if (!event.submitter?.value) return; // put aside
  event.preventDefault();
  const form = event.currentTarget;
  const body = new URLSearchParams({ from_s: brush.from.toFixed(1), to_s: brush.to.toFixed(1), label: form.label.value });
  const answer = await fetch(form.dataset.address, { method: "POST", body, headers: { "X-CSRFToken": form.dataset.token } }).catch(() => null);
  if (answer?.ok) {
    form.closest("dialog").close();
    redraw();
  } else {
    part("mark-trouble").textContent = answer ? await answer.text() : document.getElementById("toasts").dataset.offline;
    part("mark-trouble").hidden = false;
  }
});

// ── as it is opened, and as it goes on ───────────────────────────────────────────────────────────────────────────

const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(new URLSearchParams(location.search).get("sel") ?? "") ?? [];
if (from !== undefined && Number(from) < Number(to)) {
  pick(Number(from), Number(to));
  const isSeen = brush.from >= view.from && brush.to <= view.to;
  if (!isSeen) lookAt(brush.from - (brush.to - brush.from), brush.to + (brush.to - brush.from));
}
show();
if (isRunning) setInterval(() => document.visibilityState === "visible" && !isDragging && redraw(), REDRAW_MS);
