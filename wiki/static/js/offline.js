// The page without a line: which pages this device has, and a place to write something down.
import * as keep from "./editor/keep.js";
import {reader, writes} from "./reader.js";
import {t} from "./words.js";

const PAGES = "hindsight-pages-";
const list = document.querySelector("[data-kept-pages]");
const jot = document.querySelector("[data-jot]");

async function showKept() {
  for (const name of (await caches.keys()).filter((one) => one.startsWith(PAGES))) {
    const kept = await caches.open(name);
    for (const request of (await kept.keys()).reverse()) list.append(row(request.url, await (await kept.match(request, {ignoreVary: true})).text()));
  }
  list.closest("section").hidden = !list.children.length;
}

function row(url, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const link = Object.assign(document.createElement("a"), {href: url, textContent: (page.querySelector("h1") ?? page.querySelector("title")).textContent.trim()});
  const item = document.createElement("li");
  item.append(link);
  return item;
}

// A draft like any other, only that no editor was there for it.
function write(form) {
  const number = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => (byte % 32).toString(32)).join("");
  const payload = {kind: "page", title: form.elements.title.value, body: form.elements.text.value, mode: "free"};
  return keep.put(`new:page:${number}`, {payload, at: Date.now(), url: `/new/page?draft=${number}`, since: [0]});
}

jot.hidden = !(reader && writes);
jot.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const kept = write(event.target);
  if (kept) event.target.reset();
  jot.querySelector("[data-jotted]").textContent = kept ? t("Kept on this device. It goes to your drafts when the line is back.") : t("This browser has no room. Copy your text.");
});

// Nothing that is being written is lost to a page that loads itself anew.
addEventListener("online", () => {
  if (![...jot.querySelectorAll("input, textarea")].some((field) => field.value)) location.reload();
});
showKept();
