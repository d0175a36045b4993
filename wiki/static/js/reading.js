// An entry's page: what is related, loaded after the text; copying code; the place in the table of contents.

import {remember} from "./recent.js";
import {besideNotes} from "./reading/notes.js";
import {zoomable} from "./reading/zoom.js";
import "./reviews/passages.js";
import {t} from "./words.js";

async function loadRelated(section) {
  const answer = await fetch(`${section.dataset.related}?fragment=1`, {headers: {Accept: "text/html"}});
  if (!answer.ok || answer.redirected) return;
  const html = (await answer.text()).trim();
  const link = section.querySelector("[data-related-link]");
  if (!html) {
    section.hidden = true;
    besideNotes();
    return;
  }
  const holder = document.createElement("div");
  holder.innerHTML = html; // made by our server from templates that escape
  link.replaceWith(holder);
  holder.dispatchEvent(new Event("hindsight:added", {bubbles: true}));
  besideNotes();
}

besideNotes();
zoomable();
const attaching = document.querySelector("[data-attach]");
if (attaching) import("./reading/attach.js").then(({attachable}) => attachable(attaching));
remember(document.querySelector("h1").textContent, location.pathname);

const section = document.querySelector("[data-related]");
if (section) {
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    loadRelated(section).catch(() => {}); // a failure stays silent: the plain link is still there
  }, {rootMargin: "800px"});
  near.observe(section);
}

for (const pre of document.querySelectorAll(".prose pre.highlight")) {
  const button = document.createElement("button");
  button.className = "button button-small copy-code";
  button.type = "button";
  button.textContent = t("Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.querySelector("code").textContent);
    button.textContent = t("Copied");
    setTimeout(() => (button.textContent = t("Copy")), 1500);
  });
  if (navigator.clipboard) pre.append(button);
}

const toc = document.querySelector("[data-toc]");
if (toc) {
  const links = new Map([...toc.querySelectorAll("a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  const headings = [...document.querySelectorAll(".prose :is(h2, h3)[id]")].filter((h) => links.has(h.id));
  if (matchMedia("(min-width: 68rem)").matches) toc.open = true;
  let waiting = false;
  const mark = () => {
    waiting = false;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
    const current = (passed.at(-1) ?? headings[0])?.id;
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }, {passive: true});
  mark();
}

// The timeline of a published review tells each moment by the clock there and in UTC: here, in the reader's own zone.
for (const table of document.querySelectorAll("main table")) {
  const heads = [...table.querySelectorAll("thead th")];
  const place = heads.findIndex((head) => head.textContent.trim() === "UTC");
  if (place < 1 || heads[place - 1].textContent.trim() !== "Zone") continue;
  for (const row of table.tBodies[0]?.rows ?? []) {
    const cell = row.cells[place];
    const found = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)$/.exec(cell?.textContent.trim() ?? "");
    if (!found) continue;
    const time = document.createElement("time");
    time.dateTime = `${found[1]}T${found[2]}Z`;
    time.title = `${found[0]} UTC`;
    time.textContent = found[0];
    cell.replaceChildren(time);
  }
  heads[place].textContent = t("Here");
  table.dispatchEvent(new Event("hindsight:added", {bubbles: true}));
}
