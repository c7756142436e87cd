// Short messages at the foot of the page. The server sends them with the page (data-undo: what takes it back), or with
// an answer to htmx:
// HX-Trigger: {"vigie:toast": {"text": "...", "undo": "/address/", "seconds": 10}}
const SHOWN_MS = 8000;
const shelf = document.getElementById("toasts");

function leave(toast, after = toast.dataset.shownS * 1000 || SHOWN_MS) {
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return; // it is being read
    clearInterval(timer);
    toast.remove();
  }, after);
}

export function toast(text) {
  const element = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  element.firstElementChild.textContent = text;
  shelf.append(element);
  leave(element);
}

export const tellOffline = () => toast(shelf.dataset.offline);

function undoable({ text, undo, seconds = 10 }) {
  const element = document.getElementById("toast-undo").content.firstElementChild.cloneNode(true);
  const left = element.querySelector("[data-left]");
  const until = Date.now() + seconds * 1000;
  element.firstElementChild.textContent = text;
  const count = () => {
    const rest = Math.ceil((until - Date.now()) / 1000);
    left.textContent = `${Math.max(rest, 0)} s`;
    if (rest <= 0) close();
  };
  const timer = setInterval(count, 250);
  const close = () => {
    clearInterval(timer);
    element.remove();
  };
  const button = element.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await htmx.ajax("POST", undo, { source: document.body, swap: "none" });
      close();
    } catch {
      button.disabled = false; // told by unrecorded; there may be time left to try again
    }
  });
  shelf.querySelector("[data-left]")?.closest(".toast-undo").remove(); // one undo at a time: the key Z has one meaning
  shelf.append(element);
  count();
}

document.addEventListener("vigie:toast", ({ detail }) => (detail.undo ? undoable(detail) : toast(detail.text)));

// What was asked for and not done is told: a refusal with words of its own (409) brings them.
function unrecorded({ detail: { xhr, requestConfig } }) {
  if (requestConfig.verb === "get" || xhr.status === 409) return;
  if (xhr.status) toast(shelf.dataset.refused);
  else tellOffline();
}

for (const failure of ["htmx:sendError", "htmx:responseError"]) document.addEventListener(failure, unrecorded);
for (const element of [...(shelf?.children ?? [])]) {
  if (!element.dataset.undo) leave(element);
  else {
    element.remove();
    undoable({ text: element.textContent, undo: element.dataset.undo });
  }
}

// So does one that an answer put here (hx-target="#toasts"), once there is nothing more to tell (data-stays).
shelf?.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.parentElement === shelf && !("stays" in target.dataset)) leave(target);
});

// Pushed ones leave by themselves, too; where many lives begin at once, the bell counts those that found no room.
const MOST_PUSHED = 3;
shelf?.addEventListener("vigie:placed", ({ detail }) => {
  for (const element of detail.fresh) leave(element);
  for (const element of [...shelf.querySelectorAll("[id^=told-]")].slice(0, -MOST_PUSHED)) element.remove();
});
