// The words of a live: the page stays at the edge while the reader is there, and says how far it ran ahead otherwise.
const NEAR_PX = 96;
const words = document.getElementById("words");
const edge = document.getElementById("edge");

// On a wide screen the words scroll in their panel, on a phone with the page.
const scroller = () => (words.scrollHeight > words.clientHeight + 1 && getComputedStyle(words).overflowY === "auto" ? words : document.scrollingElement);
const distance = () => {
  const box = scroller();
  return box.scrollHeight - box.scrollTop - box.clientHeight;
};

let isAtEdge = true;
let missed = 0;

function toEdge() {
  const box = scroller();
  box.scrollTop = box.scrollHeight;
  missed = 0;
  show();
}

function show() {
  if (!edge) return;
  edge.hidden = isAtEdge;
  edge.querySelector(".count").textContent = missed || "";
}

function look() {
  isAtEdge = distance() < NEAR_PX;
  if (isAtEdge) missed = 0;
  show();
}

if (words) {
  if (edge && !location.hash) {
    if (scroller() === words) toEdge();
    else look();
  }
  words.addEventListener("scroll", look, { passive: true });
  addEventListener("scroll", look, { passive: true });
  edge?.addEventListener("click", () => {
    isAtEdge = true;
    toEdge();
  });
  words.addEventListener("vigie:placed", ({ detail }) => {
    if (detail.swap !== "replace") missed += detail.fresh.length;
    if (isAtEdge) toEdge();
    else show();
  });
  // Earlier lines come in above: what is being read stays where it is.
  let height = 0;
  words.addEventListener("htmx:beforeSwap", () => (height = scroller().scrollHeight));
  words.addEventListener("htmx:afterSettle", () => {
    const box = scroller();
    if (height) box.scrollTop += box.scrollHeight - height;
    height = 0;
  });
}
