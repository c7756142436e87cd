// The lists of a live: what is said beside what is written. They scroll together on one clock, stay at the end while the
// reader is there, and say how far the live ran ahead otherwise. What comes in while something older is shown waits.
const NEAR_PX = 96;
const MOST_ROWS = 600; // of a chat that is followed; what came before can be asked for
const KEPT_ROWS = 400;
const LONGEST_ANSWER_MS = 15_000;
const QUIET_MS = 250; // a list that still moves asks for nothing
const began = Date.parse(document.getElementById("timeline").dataset.began);
const wallclock = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: document.documentElement.dataset.zone, timeStyle: "medium", hourCycle: "h23" });
const pair = document.getElementById("pair");
const isShown = (element) => element.checkVisibility();
const at = (row) => Number(row.dataset.at);

class Feed {
  constructor(list) {
    this.list = list;
    this.id = list.id;
    this.url = list.dataset.resync;
    this.edge = list.closest("section").querySelector(".edge");
    this.isAtEdge = true;
    this.isAway = false; // something older is shown, which what comes in does not follow
    this.missed = 0;
    this.isAsking = false;
    list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    list.addEventListener("vigie:placed", ({ detail }) => this.placed(detail));
    list.addEventListener("click", (event) => this.clicked(event));
    this.edge?.addEventListener("click", () => this.toEdge());
  }

  // On a wide screen a list scrolls in its panel, on a phone with the page.
  get scroller() {
    return getComputedStyle(this.list).overflowY === "auto" ? this.list : document.scrollingElement;
  }

  get rows() {
    return [...this.list.querySelectorAll(":scope > [data-at]")];
  }

  top() {
    const box = this.scroller;
    return box === this.list ? this.list.getBoundingClientRect().top : 56;
  }

  scrolled() {
    if (!isShown(this.list)) return;
    const box = this.scroller;
    this.isAtEdge = !this.isAway && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    if (this.isAtEdge) this.missed = 0;
    this.tell();
    if (box.scrollTop < NEAR_PX && box === this.list) this.more("before");
    if (this.isAway && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX) this.more("after");
    if (leader === this) lead();
  }

  tell() {
    if (!this.edge) return;
    this.edge.hidden = this.isAtEdge;
    this.edge.querySelector(".count").textContent = this.missed || "";
  }

  placed({ swap, fresh }) {
    if (this.isAtEdge) {
      this.shorten();
      if (isShown(this.list)) this.scroller.scrollTop = this.scroller.scrollHeight;
    } else if (swap !== "replace") this.missed += fresh.length;
    this.tell();
  }

  shorten() {
    if (this.id !== "chat-lines" || this.rows.length <= MOST_ROWS) return;
    for (const row of this.rows.slice(0, -KEPT_ROWS)) row.remove();
    let earlier = this.list.querySelector(":scope > .earlier");
    if (!earlier) {
      earlier = document.getElementById("earlier").content.firstElementChild.cloneNode(true);
      this.list.prepend(earlier);
    }
    earlier.dataset.before = this.rows.find((row) => row.id.startsWith("msg-")).id.slice(4);
  }

  async toEdge() {
    if (this.isAway) await this.load("");
    this.isAway = false;
    this.isAtEdge = true;
    this.missed = 0;
    this.list.id = this.id;
    this.list.dataset.resync = this.url;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.tell();
  }

  async answer(query) {
    try {
      const answer = await fetch(this.url + query, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(LONGEST_ANSWER_MS) });
      return answer.ok ? parsed(await answer.text()) : null;
    } catch {
      return null; // the page says elsewhere that there is no connection
    }
  }

  async load(query) {
    const children = await this.answer(query);
    if (!children) return false;
    this.list.replaceChildren(...children);
    htmx.process(this.list);
    return true;
  }

  // Earlier lines come in above, what is being read stays where it is; later ones below.
  async more(way) {
    const door = this.list.querySelector(`:scope > [data-${way}]`);
    if (!door || this.isAsking) return;
    this.isAsking = true;
    const children = await this.answer(`?${way}=${door.dataset[way]}`);
    this.isAsking = false;
    if (!children || !door.isConnected) return;
    const box = this.scroller;
    const { scrollHeight, scrollTop } = box;
    door.replaceWith(...children.filter((child) => !child.id || !document.getElementById(child.id)));
    htmx.process(this.list);
    if (way === "before") box.scrollTop = scrollTop + box.scrollHeight - scrollHeight;
    else if (!this.list.querySelector(":scope > [data-after]")) this.comeBack();
  }

  // The end was reached again by reading on: what comes in follows it.
  comeBack() {
    this.isAway = false;
    this.list.id = this.id;
    this.list.dataset.resync = this.url;
  }

  async goTo(moment, place = 0.25) {
    if (!this.holds(moment) && (await this.load(`?at=${moment.toFixed(1)}`))) this.leave();
    this.align(moment, place);
  }

  // Whether what surrounds a moment is there: what lies before the first line of all, or after the last one, is nothing.
  holds(moment) {
    const rows = this.rows;
    if (!rows.length) return true;
    const begins = at(rows[0]) <= moment || !this.list.querySelector(":scope > .earlier");
    return begins && (!this.isAway || moment <= at(rows.at(-1)));
  }

  leave() {
    this.isAway = Boolean(this.list.querySelector(":scope > .later"));
    this.list.id = this.isAway ? `${this.id}-away` : this.id;
    if (this.isAway) delete this.list.dataset.resync;
    else this.list.dataset.resync = this.url;
    this.isAtEdge = false;
    this.tell();
  }

  align(moment, place = 0) {
    const rows = this.rows;
    const row = rows.findLast((one) => at(one) <= moment + 0.01) ?? rows[0];
    if (!row) return;
    const box = this.scroller;
    box.scrollTop += row.getBoundingClientRect().top - this.top() - box.clientHeight * place;
  }

  first() {
    const top = this.top();
    return this.rows.find((row) => row.getBoundingClientRect().bottom > top + 8);
  }

  clicked(event) {
    const door = event.target.closest(".earlier, .later");
    if (door) return this.more(door.matches(".earlier") ? "before" : "after");
  }
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

// ── one clock ────────────────────────────────────────────────────────────────────────────────────────────────────

const feeds = ["words", "chat-lines"].flatMap((id) => document.getElementById(id) ?? []).map((list) => new Feed(list));
let leader = null; // the list under the reader's hand
let leading = 0;

function lead() {
  clearTimeout(leading);
  const others = feeds.filter((feed) => feed !== leader && isShown(feed.list));
  const row = leader.first();
  if (!row || !others.length) return;
  for (const feed of others) {
    if (leader.isAtEdge) feed.isAway || (feed.scroller.scrollTop = feed.scroller.scrollHeight);
    else if (feed.holds(at(row))) feed.align(at(row));
  }
  leading = setTimeout(() => {
    if (leader.isAtEdge) for (const feed of others) feed.toEdge();
    else for (const feed of others) if (!feed.holds(at(row))) feed.goTo(at(row), 0);
  }, QUIET_MS);
}

for (const feed of feeds) {
  for (const touched of ["wheel", "pointerdown", "touchstart", "keydown", "focusin"]) {
    feed.list.addEventListener(touched, () => (leader = feed), { passive: true });
  }
}
addEventListener("scroll", () => feeds.forEach((feed) => feed.scroller !== feed.list && feed.scrolled()), { passive: true });

document.addEventListener("vigie:follow", () => feeds.forEach((feed) => feed.toEdge()));
document.addEventListener("vigie:go", ({ detail }) => {
  leader = null;
  setCurrent(detail.at);
  for (const feed of feeds) if (isShown(feed.list)) feed.goTo(detail.at).then(() => setCurrent(detail.at));
});

function setCurrent(moment) {
  for (const old of pair.querySelectorAll(".on[data-at]")) old.classList.remove("on");
  document.querySelectorAll("#words > .utt, #words-away > .utt, #picked-words > .utt").forEach((row, place, all) => {
    const next = all[place + 1];
    if (at(row) <= moment + 0.01 && (!next || at(next) > moment + 0.01)) row.classList.add("on");
  });
}

// A click on a line moves the playhead there.
pair.addEventListener("click", (event) => {
  const row = event.target.closest("[data-at]");
  if (!row || event.target.closest("button, summary") || !getSelection().isCollapsed) return;
  if (event.target.closest("a:not(.tc)")) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("vigie:at", { detail: { at: at(row) } }));
  setCurrent(at(row));
  const mine = feeds.find((feed) => feed.list.contains(row));
  for (const feed of feeds) if (feed !== mine && isShown(feed.list)) feed.goTo(at(row));
});

// The reader's clock beside the live's.
addEventListener("pointerover", (event) => {
  const code = event.target.closest?.("[data-at] > .tc");
  if (code && !code.title) code.title = wallclock.format(new Date(began + at(code.parentElement) * 1000));
});

// ── a selection takes the place of the lists ─────────────────────────────────────────────────────────────────────

document.addEventListener("vigie:picked", ({ detail }) => {
  for (const old of document.querySelectorAll("#picked-words, #picked-chat")) old.remove();
  for (const feed of feeds) {
    const fresh = detail.parts?.find((element) => element.id === (feed.id === "words" ? "picked-words" : "picked-chat"));
    feed.list.hidden = Boolean(fresh);
    if (fresh) feed.list.before(fresh);
    if (fresh) htmx.process(fresh);
    else if (feed.isAtEdge && isShown(feed.list)) feed.scroller.scrollTop = feed.scroller.scrollHeight;
  }
  pair.toggleAttribute("data-picked", Boolean(detail.parts));
});

// ── tabs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const tabs = [...pair.querySelectorAll("[role=tab]")];
const isWide = matchMedia("(min-width: 941px)");

function showTab(name) {
  pair.dataset.tab = name;
  const offered = tabs.filter(isShown);
  const current = offered.find((tab) => tab.dataset.tab === name) ?? offered[0];
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === current));
    tab.tabIndex = tab === current ? 0 : -1;
  }
  for (const feed of feeds) if (feed.isAtEdge && isShown(feed.list)) feed.scroller.scrollTop = feed.scroller === feed.list ? feed.list.scrollHeight : feed.scroller.scrollTop;
}

for (const tab of tabs) {
  tab.addEventListener("click", () => showTab(tab.dataset.tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const offered = tabs.filter(isShown);
    const next = offered[(offered.indexOf(tab) + step + offered.length) % offered.length];
    next.focus();
    next.click();
  });
}
isWide.addEventListener("change", () => showTab(pair.dataset.tab));
showTab(pair.dataset.tab);

// ── somebody of the audience ─────────────────────────────────────────────────────────────────────────────────────

const dialog = document.getElementById("chatter-dialog");

addEventListener("click", async (event) => {
  const name = event.target.closest?.("[data-chatter]");
  if (!name) return;
  const address = dialog.dataset.address.replace("/0/", `/${name.dataset.chatter}/`);
  await htmx.ajax("GET", `${address}?live=${dialog.dataset.live}`, { target: "#chatter", swap: "innerHTML" });
  dialog.showModal();
});
// Who was revealed is forgotten with the dialog. What it says is wrong with a form is shown in it.
dialog?.addEventListener("close", () => document.getElementById("chatter").replaceChildren());
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "chatter" && detail.xhr.status === 400) detail.shouldSwap = true;
});

for (const feed of feeds) {
  if (location.hash && feed.list.querySelector(location.hash.replace(/[^#\w-]/g, ""))) feed.isAtEdge = false;
  else if (isShown(feed.list) && feed.scroller === feed.list) feed.list.scrollTop = feed.list.scrollHeight;
  feed.scrolled();
}
