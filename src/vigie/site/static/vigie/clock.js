// Moments on the reader's clock: <time datetime data-clock="time|minute|day|date|elapsed|since">.
// The server renders them too; pushed fragments are rendered for everyone, hence in no one's zone.
const { zone } = document.documentElement.dataset;
const { lang } = document.documentElement;
const language = lang === "en" ? "en-GB" : lang; // as the server writes it: 21 Nov

const format = (options) => new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: "h23", ...options });
const time = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = format({ hour: "2-digit", minute: "2-digit" });
const dayMonth = format({ day: "numeric", month: "short" });
const date = format({ day: "numeric", month: "short", year: "numeric" });

const whole = format({ dateStyle: "long", timeStyle: "long" }); // with its zone

const two = (number) => String(number).padStart(2, "0");

function elapsed(moment) {
  const s = Math.max(0, Math.floor((Date.now() - moment) / 1000));
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function since(moment) {
  const s = Math.max(0, Math.floor((Date.now() - moment) / 1000));
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 3600)} h`;
}

const said = {
  time: (moment) => time.format(moment),
  minute: (moment) => minute.format(moment),
  day: (moment) => `${dayMonth.format(moment)} ${minute.format(moment)}`,
  date: (moment) => date.format(moment),
  elapsed,
  since,
};

export function setClocks(root = document) {
  for (const element of root.querySelectorAll("time[data-clock]")) {
    const moment = new Date(element.dateTime);
    const text = said[element.dataset.clock](moment);
    if (element.textContent !== text) element.textContent = text;
    element.title = whole.format(moment);
  }
}

function tick() {
  for (const element of document.querySelectorAll('time:is([data-clock="elapsed"], [data-clock="since"])')) {
    const text = said[element.dataset.clock](new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
}

setClocks();
setInterval(tick, 1000);
document.addEventListener("htmx:load", (event) => setClocks(event.detail.elt.parentElement ?? document));
