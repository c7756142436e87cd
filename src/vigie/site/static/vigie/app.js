// What every page does. Loaded once; each module looks after its own part of the page.
import "./clock.js";
import "./keys.js";
import "./look.js";
import "./push.js";
import { tellOffline } from "./toasts.js";

addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
  const dialog = event.target.closest("dialog");
  if (dialog && event.target === dialog) dialog.close(); // the backdrop
});

// A form is sent once, however often its button is pressed; without a connection it stays, with what was written.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (!navigator.onLine) {
    event.preventDefault();
    return tellOffline();
  }
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
