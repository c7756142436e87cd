// What happens while the page is open. One socket follows the topics found in the page (data-topic) and puts the
// fragments it gets in place. Delivery is at most once: a hole in the numbers of a topic, or a connection that was lost,
// makes the regions of that topic ask for themselves again (data-resync).
//
// Nothing moves under the reader: a region that is marked data-merge takes in what is new or changed and keeps the rest.
// Children that carry data-at stand in that order.
import { setClocks } from "./clock.js";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 20_000;
const QUIET_MS = 3000; // an interruption shorter than this is not told
const LONGEST_ANSWER_MS = 15_000;
const CHANGED_MS = 300; // longer than the animation of .changed

const notice = document.getElementById("offline");
const numbers = new Map(); // "topic sender" -> last number seen
let socket = null;
let failures = 0;
let noticeTimer = 0;
let asking = 0; // answers that regions wait for
const held = []; // what was told meanwhile

const topicsOf = (region) => region.dataset.topic.split(" ");
const regions = () => [...document.querySelectorAll("[data-topic]")];

// ── placing ──────────────────────────────────────────────────────────────────────────────────────────────────────

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  setClocks(template.content);
  return [...template.content.children];
}

function insert(region, child) {
  const later = child.dataset.at && [...region.children].find((other) => Number(other.dataset.at) > Number(child.dataset.at));
  if (later) later.before(child);
  else region.append(child);
}

function renew(older, child) {
  if (older.isEqualNode(child)) return false;
  const hadFocus = older.contains(document.activeElement);
  older.replaceWith(child);
  if (hadFocus) child.focus({ preventScroll: true });
  return true;
}

function settle(region, fresh, swap) {
  for (const child of fresh) {
    child.classList.add("changed");
    setTimeout(() => child.classList.remove("changed"), CHANGED_MS);
    htmx.process(child);
  }
  if (fresh.length) region.dispatchEvent(new CustomEvent("vigie:placed", { bubbles: true, detail: { fresh, swap } }));
}

// Telling something twice changes nothing: what is there already takes the new form in its place.
function place({ target, swap, html }) {
  const element = document.getElementById(target);
  if (!element) return;
  if (swap === "remove") return element.remove();
  const children = parsed(html);
  if (swap === "replace") {
    const region = element.parentElement;
    return renew(element, children[0]) && settle(region, children, swap);
  }
  const fresh = children.filter((child) => {
    const older = child.id && document.getElementById(child.id);
    if (older) renew(older, child);
    else if (swap === "prepend") element.prepend(child);
    else insert(element, child);
    return !older;
  });
  settle(element, fresh, swap);
}

function merge(region, html) {
  const children = parsed(html);
  const isConnected = !region.firstElementChild || children.some((child) => child.id && document.getElementById(child.id));
  if (!isConnected) region.replaceChildren(); // too much was missed: a hole must not look like silence
  for (const child of children) {
    const older = child.id && document.getElementById(child.id);
    if (older) renew(older, child) && settle(region, [child], "replace");
    else if (child.id || !isConnected) {
      insert(region, child);
      settle(region, [child], "append");
    }
  }
}

// ── asking again ─────────────────────────────────────────────────────────────────────────────────────────────────

// What is told meanwhile waits: the answer may be older, and must not undo it.
async function resync(region) {
  if (!region.dataset.resync) return;
  asking += 1;
  const html = await answerOf(region.dataset.resync);
  try {
    if (html !== null) show(region, html);
  } finally {
    asking -= 1;
    if (!asking) held.splice(0).forEach(place);
  }
}

async function answerOf(address) {
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) });
    return answer.ok ? await answer.text() : null;
  } catch {
    socket?.close(); // as good as no connection: the next one asks again
    return null;
  }
}

function show(region, html) {
  if ("merge" in region.dataset) merge(region, html);
  else htmx.swap(region, html, { swapStyle: region.dataset.resyncSwap ?? "innerHTML" });
}

function receive({ topic, sender, seq, items }) {
  if (!topic) return; // the answer to "follow"
  const key = `${topic} ${sender}`;
  const last = numbers.get(key);
  numbers.set(key, seq);
  const expected = items.length ? last + 1 : last;
  if (last !== undefined && seq !== expected) regions().filter((region) => topicsOf(region).includes(topic)).forEach(resync);
  else if (asking) held.push(...items);
  else items.forEach(place);
}

// ── the socket ───────────────────────────────────────────────────────────────────────────────────────────────────

function opened() {
  failures = 0;
  clearTimeout(noticeTimer);
  notice.hidden = true;
  numbers.clear();
  socket.send(JSON.stringify({ follow: [...new Set(regions().flatMap(topicsOf))] }));
}

// Also when the server hangs up on a session that ended: another one may have taken its place, after a new password.
function lost() {
  socket = null;
  failures += 1;
  if (failures === 1) noticeTimer = setTimeout(() => (notice.hidden = false), QUIET_MS);
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
  setTimeout(connect, delay * (0.5 + Math.random() / 2)); // spread: a restart must not bring everyone at once
}

function heard(event) {
  const frame = JSON.parse(event.data);
  // What happened between the page, or the former connection, and this one.
  if (frame.followed) regions().forEach(resync);
  else receive(frame);
}

function connect() {
  if (socket) return;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket.addEventListener("open", opened);
  socket.addEventListener("close", lost);
  socket.addEventListener("message", heard);
}

if (regions().length) connect();
addEventListener("online", connect);
