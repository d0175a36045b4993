// Drafts kept in this browser: for when the server cannot be reached, and for the moment before it answers.
// A copy goes as soon as the server has the same text; what is left here is what the server does not have.
// Each copy is one account's. `since` in a record lists the numbers of the saves that its text goes on from.
import {reader} from "../reader.js";

const PREFIX = `hindsight:draft:${reader}:`;
const COOKIE = "published_drafts";
const ASIDE = "+";

export function put(key, record) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(record));
    return true;
  } catch {
    return false; // full, or not allowed: the caller says so
  }
}

export function get(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

export function drop(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // nothing is kept where storage is not allowed
  }
}

export function all() {
  const found = [];
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (name.startsWith(PREFIX)) found.push({key: name.slice(PREFIX.length), ...get(name.slice(PREFIX.length))});
    }
  } catch {
    return [];
  }
  return found.sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

// A copy about which somebody has still to decide lies aside, where what is typed meanwhile does not overwrite it.
export const aside = (key) => key + ASIDE;
export const waiting = () => all().filter((draft) => draft.payload && !draft.key.endsWith(ASIDE));

// Whether two drafts hold the same text.
export const same = (a, b) => ["title", "body", "tags", "team", "date"].every((name) => (a[name] ?? "") === (b[name] ?? ""));

// The server names in a cookie what was published, so that its copies here can go.
export function forgetPublished() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  if (!cookie) return;
  const text = decodeURIComponent(cookie.slice(COOKIE.length + 1)).replaceAll('"', "");
  for (const key of text.split("|")) drop(key);
  document.cookie = `${COOKIE}=; path=/; max-age=0; samesite=lax`;
}

const lock = (key) => `hindsight:draft:${reader}:${key}`;

// While an editor is open it alone sends its draft. Frees the lock with the page, also when the page may come back.
export function hold(key) {
  let free = null;
  const take = () => navigator.locks?.request(lock(key), {mode: "shared"}, () => new Promise((resolve) => (free = resolve)));
  take();
  addEventListener("pagehide", () => free?.());
  addEventListener("pageshow", (event) => event.persisted && take());
}

// Do `work` unless an editor has this draft open. Without locks (an address that is not secure) only a copy that has
// rested for a while can be taken for one that nobody has open.
export function unheld(draft, work) {
  if (navigator.locks) return navigator.locks.request(lock(draft.key), {ifAvailable: true}, (mine) => mine && work());
  return Date.now() - draft.at > 60000 ? work() : null;
}
