// One clip: what was said and written follows the film; a line that is pressed is sought in it. Never plays by itself.
const section = document.getElementById("film");
const video = document.getElementById("video");
const start = Number(section.dataset.from);
const began = Date.parse(section.dataset.began ?? "");
const lists = [...document.querySelectorAll(".follows")];
const wallclock = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: document.documentElement.dataset.zone, timeStyle: "medium", hourCycle: "h23" });
const part = (name) => document.getElementById(name);
const two = (value) => String(value).padStart(2, "0");
const rowsOf = (list) => [...list.querySelectorAll(":scope > [data-at]")];
const at = (row) => Number(row.dataset.at);

function timecode(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

// ── the lists follow ──

function bringIntoView(list, row) {
  if (getComputedStyle(list).overflowY !== "auto") return; // on a phone the page scrolls, and stays where the reader put it
  const top = row.offsetTop - list.offsetTop;
  const isSeen = top >= list.scrollTop && top + row.offsetHeight <= list.scrollTop + list.clientHeight;
  if (!isSeen) list.scrollTop = top - list.clientHeight / 4;
}

function follow(list, moment) {
  const row = rowsOf(list).findLast((one) => at(one) <= moment + 0.01);
  const current = list.querySelector(":scope > .on");
  if (row === current || (!row && !current)) return;
  current?.classList.remove("on");
  current?.removeAttribute("aria-current");
  row?.classList.add("on");
  row?.setAttribute("aria-current", "true");
  if (row) bringIntoView(list, row);
}

function show() {
  const moment = start + video.currentTime;
  part("clockface").textContent = timecode(moment);
  if (!Number.isNaN(began)) part("wallclock").textContent = wallclock.format(new Date(began + moment * 1000));
  for (const list of lists) follow(list, moment);
}

// ── playing ──

function showState() {
  const button = part("play");
  button.querySelector("[data-paused]").hidden = !video.paused;
  button.querySelector("[data-playing]").hidden = video.paused;
  button.setAttribute("aria-label", video.paused ? button.dataset.play : button.dataset.pause);
}

const seek = (offset) => {
  video.currentTime = Math.min(Math.max(offset, 0), Number.isFinite(video.duration) ? video.duration : Infinity);
};

function mount() {
  part("trans").hidden = false;
  part("play").dataset.play = part("play").getAttribute("aria-label");
  part("play").addEventListener("click", () => (video.paused ? video.play().catch(() => {}) : video.pause()));
  for (const button of section.querySelectorAll("[data-seek]")) {
    button.addEventListener("click", () => seek(video.currentTime + Number(button.dataset.seek)));
  }
  for (const event of ["play", "pause", "ended"]) video.addEventListener(event, showState);
  for (const event of ["timeupdate", "seeking", "loadedmetadata"]) video.addEventListener(event, show);
  video.addEventListener("error", () => (part("broken").hidden = false));
  if (video.error) part("broken").hidden = false;
  for (const list of lists) list.addEventListener("click", pressed);
  show();
}

function pressed(event) {
  const row = event.target.closest("[data-at]");
  if (!row || event.target.closest("button") || !getSelection().isCollapsed) return;
  event.preventDefault(); // its link names the line; the film is where it leads
  seek(at(row) - start);
  show();
  if (event.detail) document.activeElement?.blur(); // by a pointer: the keys go on steering the film
}

if (video) mount();
document.querySelector("dialog[data-open-now]")?.showModal();
