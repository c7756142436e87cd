// The sound of a selection. Never plays by itself; loud parts are held down. The playhead and the words follow it.
const CEILING_DB = -12;

let sound = null;
let context = null;

function limit() {
  context ??= new AudioContext();
  const compressor = new DynamicsCompressorNode(context, { threshold: CEILING_DB, knee: 0, ratio: 20, attack: 0.002, release: 0.25 });
  context.createMediaElementSource(sound).connect(compressor).connect(context.destination);
}

function tell() {
  const at = Number(sound.dataset.from) + sound.currentTime;
  for (const name of ["vigie:at", "vigie:go"]) document.dispatchEvent(new CustomEvent(name, { detail: { at } }));
}

function show() {
  const button = document.getElementById("listen");
  if (button?.dataset.sound !== sound.dataset.address) return;
  button.setAttribute("aria-pressed", String(!sound.paused));
  button.querySelector("[data-paused]").hidden = !sound.paused;
  button.querySelector("[data-playing]").hidden = sound.paused;
}

function load(button) {
  sound?.pause();
  sound = new Audio(button.dataset.sound);
  sound.dataset.address = button.dataset.sound;
  sound.dataset.from = document.getElementById("picked-bar").dataset.from;
  sound.addEventListener("timeupdate", tell);
  for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, show);
  limit();
}

addEventListener("click", async (event) => {
  const button = event.target.closest?.("#listen");
  if (!button) return;
  if (sound?.dataset.address !== button.dataset.sound) load(button);
  if (!sound.paused) return sound.pause();
  await context.resume();
  await sound.play().catch(() => (button.disabled = true));
});

document.addEventListener("vigie:picked", ({ detail }) => detail.parts || sound?.pause());
