// What every page has: menus that close, keys, times in the reader's zone, the theme without a round trip.
// Each page works without this file.
import "./complete.js";
import {arrive, reader} from "./reader.js";
import "./watch.js";
import {dateFormat, t, tn} from "./words.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable=true], [contenteditable='']");

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));

// What is seldom used comes when it is. What is typed until then is meant for it and given to it; Escape takes the wish
// back.
let coming = null;

async function bring(load, open) {
  if (coming || document.querySelector("dialog:modal")) return;
  const mine = (coming = {text: "", go: false});
  try {
    const module = await load();
    if (coming === mine) await open(module, mine);
  } finally {
    if (coming === mine) coming = null;
  }
}

const palette = () => bring(() => import("./palette.js"), ({openPalette}, early) => openPalette(early));
const keys = () => bring(() => import("./keys.js"), ({showKeys}) => showKeys());

for (const button of document.querySelectorAll("[data-palette]")) {
  button.hidden = false;
  button.addEventListener("click", palette);
}
document.querySelector("[data-keys]")?.addEventListener("click", (event) => (event.preventDefault(), keys()));

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    palette();
    return;
  }
  if (event.key === "Escape") {
    coming = null;
    const menu = document.activeElement?.closest("details[data-menu][open]");
    closeMenus(null);
    menu?.querySelector("summary")?.focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (coming) {
    event.preventDefault();
    if (event.key.length === 1) coming.text += event.key;
    else if (event.key === "Enter") coming.go = true;
    else if (event.key === "Backspace") coming.text = coming.text.slice(0, -1);
    return;
  }
  if (event.key === "/") {
    const boxes = [...document.querySelectorAll("#ui-q, #ui-big-search, #ui-search")];
    const box = boxes.find((input) => input.checkVisibility({visibilityProperty: true}));
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  } else if (event.key === "?") {
    keys();
  } else if (event.key === "e" || event.key === "n") {
    const selector = event.key === "e" ? "[data-key=e]" : "a.site-new";
    document.querySelector(selector)?.click();
  }
});

// --- times -----------------------------------------------------------------------------------------------------------

function distance(seconds) {
  if (seconds < 60) return t("just now");
  if (seconds < 3600) return tn("%(count)s minute ago", "%(count)s minutes ago", Math.floor(seconds / 60));
  if (seconds < 86400) return tn("%(count)s hour ago", "%(count)s hours ago", Math.floor(seconds / 3600));
  const days = Math.floor(seconds / 86400);
  return days > 14 ? null : tn("%(count)s day ago", "%(count)s days ago", days);
}

function localTimes(root = document) {
  const format = dateFormat({dateStyle: "medium", timeStyle: "short"});
  for (const time of root.querySelectorAll("time[datetime]")) {
    const when = new Date(time.dateTime);
    if (Number.isNaN(when.valueOf()) || !time.dateTime.includes("T")) continue;
    const exact = format.format(when);
    if ("ago" in time.dataset) {
      time.title = exact;
      const words = distance((Date.now() - when) / 1000);
      if (words) time.textContent = words;
    } else {
      time.textContent = exact;
    }
  }
}

// The next page comes with its times as this browser's clock shows them.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`zone=${zone}`)) {
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}

localTimes();
// Who adds times later says so; importing this file would load it twice, since pages name it with its hash.
document.addEventListener("hindsight:added", (event) => localTimes(event.target));

// --- theme -----------------------------------------------------------------------------------------------------------

document.querySelector("[data-theme-form]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const chosen = event.submitter?.value ?? "";
  const body = new FormData(form);
  body.set("theme", chosen);
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  await fetch(form.action, {method: "POST", body, redirect: "manual", keepalive: true}); // the next page may be asked for already
});

// --- without a line --------------------------------------------------------------------------------------------------

arrive();
navigator.serviceWorker?.register("/sw.js").catch(() => undefined); // not on this address, or not allowed: all goes on

// Drafts that wait for a line go out from any page but an editor, which has one of its own to look after.
async function deliver() {
  if (!reader || document.querySelector("[data-editor]")) return;
  try {
    if (!Object.keys(localStorage).some((name) => name.startsWith(`hindsight:draft:${reader}:`))) return;
  } catch {
    return; // nothing is kept where storage is not allowed
  }
  await (await import("./outbox.js")).deliverAll();
}

const attempt = () => deliver().catch(() => undefined); // no line yet: the next page tries again
addEventListener("online", attempt);
attempt();

// --- dialogs and errors ----------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
});

document.querySelector("[data-focus]")?.focus();
