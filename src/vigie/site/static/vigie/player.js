// The sound of a moment: its outline, the transport, one playhead over every lane.
// Tells the page where it is: "vigie:at" { at: seconds of the live, isPlaying }. Never plays by itself.
import Regions from "../vendor/wavesurfer-regions.esm.js";
import WaveSurfer from "../vendor/wavesurfer.esm.js";

const CEILING_DB = -12;
const RATES = [1, 1.25, 1.5, 2, 0.75];

const section = document.getElementById("player");
const sound = document.getElementById("sound");
const start = Number(section.dataset.start);
const length = Number(section.dataset.length);
const language = document.documentElement.lang;
const number = new Intl.NumberFormat(language);
const wallclock = new Intl.DateTimeFormat(language, { timeZone: document.documentElement.dataset.zone, timeStyle: "medium", hourCycle: "h23" });
const part = (name) => document.getElementById(name);
const two = (value) => String(value).padStart(2, "0");

let wave = null;
let regions = null;
let limiter = null;

function timecode(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function show(offset) {
  const at = start + offset;
  part("playhead").style.left = `${(100 * offset) / length}%`;
  part("clockface").textContent = timecode(at);
  part("wallclock").textContent = wallclock.format(new Date(Date.parse(section.dataset.began) + at * 1000));
  document.dispatchEvent(new CustomEvent("vigie:at", { detail: { at, isPlaying: !sound.paused } }));
}

export function seek(at) {
  if (!sound) return;
  const offset = Math.min(Math.max(at - start, 0), length);
  sound.currentTime = offset;
  show(offset);
}

// ── playing ──

function follow() {
  show(sound.currentTime);
  if (!sound.paused) requestAnimationFrame(follow);
}

function showState() {
  const button = part("play");
  button.querySelector("[data-paused]").hidden = !sound.paused;
  button.querySelector("[data-playing]").hidden = sound.paused;
  button.setAttribute("aria-label", sound.paused ? button.dataset.play : button.dataset.pause);
}

// Shouting into the ears of whoever listens to it all day is no evidence: loud parts are held down.
function limit() {
  const context = new AudioContext();
  const source = context.createMediaElementSource(sound);
  const compressor = new DynamicsCompressorNode(context, { threshold: CEILING_DB, knee: 0, ratio: 20, attack: 0.002, release: 0.25 });
  compressor.connect(context.destination);
  limiter = { context, source, compressor };
  route();
}

function route() {
  if (!limiter) return;
  const isOn = part("limit").getAttribute("aria-pressed") === "true";
  limiter.source.disconnect();
  limiter.source.connect(isOn ? limiter.compressor : limiter.context.destination);
}

async function toggle() {
  if (!sound.paused) return sound.pause();
  if (!limiter) limit();
  await limiter.context.resume();
  if (sound.currentTime >= length - 0.05) sound.currentTime = 0;
  await sound.play();
}

function nextRate(button) {
  const rate = RATES[(RATES.indexOf(sound.playbackRate) + 1) % RATES.length];
  sound.playbackRate = rate;
  button.lastElementChild.textContent = `${number.format(rate)}×`;
}

// ── the outline ──

// A canvas knows no variables: an element of the page says what they come to, in this theme.
function color(name) {
  const probe = part("clockface");
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.style.color = "";
  return found;
}

function stretches() {
  return [...document.querySelectorAll("#moment [data-flagged]")].map((row) => ({
    from: Math.max(Number(row.dataset.start) - start, 0) / length,
    to: Math.min(Number(row.dataset.end) - start, length) / length,
    color: color(`--v-${row.dataset.flagged}`),
  }));
}

// The words' severity colours the sound under them.
function paint() {
  const width = Math.max(part("wave").clientWidth * devicePixelRatio, 1);
  const gradient = document.createElement("canvas").getContext("2d").createLinearGradient(0, 0, width, 0);
  const plain = color("--v-low");
  gradient.addColorStop(0, plain);
  for (const { from, to, color: hot } of stretches()) {
    gradient.addColorStop(from, plain);
    gradient.addColorStop(from, hot);
    gradient.addColorStop(to, hot);
    gradient.addColorStop(to, plain);
  }
  return { waveColor: gradient, progressColor: gradient };
}

function mark() {
  regions.clearRegions();
  const add = (row, kind) => {
    const from = Math.max(Number(row.dataset.start) - start, 0);
    const to = Math.min(Number(row.dataset.end) - start, length);
    const region = regions.addRegion({ start: from, end: to, drag: false, resize: false, color: "transparent" });
    region.element.part.add(kind);
    region.element.style.pointerEvents = "none";
  };
  for (const row of document.querySelectorAll("#moment .hole")) add(row, "hole");
  for (const row of document.querySelectorAll("#moment .subject")) add(row, "subject");
}

async function outline() {
  const answer = await fetch(section.dataset.peaks);
  if (!answer.ok) throw new Error(answer.statusText);
  const { high, low } = await answer.json();
  return [high, low];
}

async function draw() {
  regions = Regions.create();
  wave = WaveSurfer.create({
    container: part("wave"),
    media: sound,
    peaks: await outline(),
    duration: length,
    height: "auto",
    normalize: true,
    barWidth: 2,
    barGap: 1,
    barRadius: 1,
    cursorWidth: 0,
    hideScrollbar: true,
    dragToSeek: true,
    cspNonce: section.dataset.nonce,
    plugins: [regions],
    ...paint(),
  });
  wave.on("interaction", (offset) => show(offset));
  wave.on("ready", mark);
  wave.on("resize", () => wave.setOptions(paint()));
  new MutationObserver(() => wave.setOptions(paint())).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}

// What follows an alert on air is still coming in: the sound grows with the transcript, between two listenings.
async function grow() {
  const source = document.getElementById("moment").dataset.sound;
  if (!wave || !sound.paused || new URL(source, location).href === sound.src) return;
  const offset = sound.currentTime;
  section.dataset.peaks = section.dataset.peaks.replace(/\?.*|$/, new URL(source, location).search);
  await wave.load(source, await outline(), length);
  sound.currentTime = offset;
  wave.setOptions(paint());
  mark();
}

function mount() {
  sound.controls = false;
  section.querySelector(".trans").hidden = false;
  part("playhead").hidden = false;
  part("outline").hidden = false;
  part("play").dataset.play = part("play").getAttribute("aria-label");
  part("play").addEventListener("click", toggle);
  part("rate").addEventListener("click", (event) => nextRate(event.currentTarget));
  part("limit").addEventListener("click", ({ currentTarget: button }) => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    route();
  });
  for (const button of section.querySelectorAll("[data-seek]")) {
    button.addEventListener("click", () => seek(start + sound.currentTime + Number(button.dataset.seek)));
  }
  for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, showState);
  sound.addEventListener("play", follow);
  sound.addEventListener("pause", grow);
  sound.addEventListener("error", () => (part("broken").hidden = false));
  document.addEventListener("htmx:afterSettle", (event) => event.target.id === "moment" && grow());
  seek(Number(section.dataset.subject));
  draw().catch(() => (part("broken").hidden = false));
}

if (sound) mount();
