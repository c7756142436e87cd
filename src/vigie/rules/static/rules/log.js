// The log of rules as it happens: new lines come on top while the reader is there, else they wait and are counted.
import { setClocks } from "../vigie/clock.js";

const SETTLE_MS = 200;
const NEAR_PX = 96;
const LONGEST_ANSWER_MS = 15_000;
const list = document.getElementById("firings");
const news = document.getElementById("firings-news");
const more = document.getElementById("firings-more");
const waiting = []; // newest first
let timer = 0;

const newest = () => Math.max(0, ...[...waiting, ...list.children].map((row) => Number(row.dataset.pk)));

function show(rows) {
  const fresh = rows.filter((row) => !document.getElementById(row.id));
  list.prepend(...fresh);
  for (const row of fresh) {
    row.classList.add("changed");
    htmx.process(row);
  }
}

function tell() {
  more.hidden = waiting.length === 0;
  document.getElementById("firings-count").textContent = waiting.length;
}

async function ask() {
  const address = new URL(list.dataset.resync, location.href);
  address.searchParams.set("after", newest());
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) }).catch(() => null);
  if (!answer?.ok) return; // the connection is told of elsewhere; once it is back, the list asks for itself
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  setClocks(template.content);
  const rows = [...template.content.children];
  if (scrollY < NEAR_PX) return show(rows);
  waiting.unshift(...rows);
  tell();
}

news?.addEventListener("vigie:placed", () => {
  news.replaceChildren();
  clearTimeout(timer);
  timer = setTimeout(ask, SETTLE_MS);
});
more?.addEventListener("click", () => {
  show(waiting.splice(0));
  tell();
  scrollTo({ top: 0 });
});
