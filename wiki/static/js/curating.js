// Changes of a curated list and of the curator's desk without loading the page anew, and by keyboard.
// The server makes the part of the page that changed; without this file the same forms load the whole page.

import {t} from "./words.js";

const KEYS = {next: ["j", "ArrowDown"], previous: ["k", "ArrowUp"]};

const part = () => document.querySelector("[data-swap]");

function say(text) {
  const status = part()?.querySelector("[data-status]");
  if (status) status.textContent = text;
}

function problemOf(text, type) {
  if (type.includes("json")) {
    const problem = JSON.parse(text);
    return problem.detail || problem.title;
  }
  return t("That could not be done. Load the page again and try once more.");
}

async function send(form, submitter, more = {}) {
  const body = new FormData(form, submitter);
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  const row = form.closest("[data-entry], [data-row]");
  const rows = [...part().querySelectorAll("[data-entry], [data-row]")];
  const place = rows.indexOf(row);
  const wanted = {name: submitter?.name, value: submitter?.value, id: row?.id};
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  let answer;
  try {
    answer = await fetch(form.action, {method: "POST", body, headers: {"X-Fragment": "1", "X-CSRFToken": body.get("csrf_token")}});
  } catch {
    refuse(form, t("The server cannot be reached. Nothing was changed; try again in a moment."));
    return;
  }
  const text = await answer.text();
  if (!answer.ok) {
    refuse(form, problemOf(text, answer.headers.get("Content-Type") || ""));
    return;
  }
  show(text, wanted, place);
}

function refuse(form, sentence) {
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  form.querySelector(".field-error")?.remove();
  const line = document.createElement("p");
  line.className = "field-error";
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  form.append(line);
}

function show(html, wanted, place) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const said = box.content.querySelector("[data-said]");
  const fresh = box.content.querySelector("[data-swap]");
  part().replaceWith(fresh);
  if (said) say(said.textContent);
  const same = wanted.id && document.getElementById(wanted.id);
  const button = same && wanted.value && same.querySelector(`button[name="${wanted.name}"][value="${wanted.value}"]:not(:disabled)`);
  const rows = [...fresh.querySelectorAll("[data-entry], [data-row]")];
  const next = rows[Math.min(Math.max(place, 0), rows.length - 1)];
  const target = button || next?.querySelector("button:not(:disabled)") || fresh.querySelector("h2");
  if (next?.matches("[data-row]") && !button) next.focus();
  else target?.focus();
  prepare();
}

// --- moving by hand --------------------------------------------------------------------------------------------------

let dragged = null;

function prepare() {
  const list = part()?.querySelector("[data-curated]");
  if (!list) return;
  for (const item of list.querySelectorAll("[draggable=true]")) {
    item.addEventListener("dragstart", (event) => {
      dragged = item;
      item.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.entry);
    });
    item.addEventListener("dragend", () => {
      item.classList.remove("dragged");
      dragged = null;
    });
    item.addEventListener("dragover", (event) => {
      if (!dragged || dragged === item) return;
      event.preventDefault();
      item.classList.add("drop-before");
    });
    item.addEventListener("dragleave", () => item.classList.remove("drop-before"));
    item.addEventListener("drop", (event) => {
      event.preventDefault();
      item.classList.remove("drop-before");
      if (!dragged || dragged === item) return;
      const form = dragged.querySelector("form[data-act] button[value=up]")?.form;
      if (form) send(form, null, {act: "place", before: item.dataset.entry});
    });
  }
}

// --- keys ------------------------------------------------------------------------------------------------------------

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable=true]");

function rowOf(target) {
  return target.closest?.("[data-row]");
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const place = rows.indexOf(rowOf(document.activeElement));
  rows[Math.min(Math.max(place + by, 0), rows.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.(".curated-item[data-entry]");
  if (item && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && !typing(event.target)) {
    event.preventDefault();
    item.querySelector(`button[name=act][value=${event.key === "ArrowUp" ? "up" : "down"}]:not(:disabled)`)?.click();
    return;
  }
  if (!part()?.matches(".curator-desk") || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (KEYS.next.includes(event.key) || KEYS.previous.includes(event.key)) {
    event.preventDefault();
    step(KEYS.next.includes(event.key) ? 1 : -1);
    return;
  }
  const row = rowOf(document.activeElement);
  const button = row && /^[a-z]$/.test(event.key) && row.querySelector(`[data-press="${event.key}"]`);
  if (button) {
    event.preventDefault();
    event.stopPropagation();
    button.click();
  }
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-act]") || !part()) return;
  event.preventDefault();
  if (form.matches("[data-stream]")) stream(form, event.submitter);
  else send(form, event.submitter);
});

// --- long work -------------------------------------------------------------------------------------------------------

async function stream(form, submitter) {
  const body = new FormData(form, submitter);
  const bar = form.querySelector("progress");
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  bar?.closest("[hidden]")?.removeAttribute("hidden");
  const answer = await fetch(form.action, {method: "POST", body, headers: {"X-Stream": "1", "X-CSRFToken": body.get("csrf_token")}});
  if (!answer.ok) {
    refuse(form, problemOf(await answer.text(), answer.headers.get("Content-Type") || ""));
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {value, done} = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const news = JSON.parse(line);
      if (news.total && bar) {
        bar.max = news.total;
        bar.value = news.done;
      }
      if (news.error) refuse(form, news.error);
      if (news.location) window.location.assign(news.location);
    }
  }
}

prepare();
