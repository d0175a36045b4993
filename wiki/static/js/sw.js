// The service worker: the entries that were read last can be read without a line. With a line the server answers; a
// copy that is shown instead says so and says from when it is.
//
// What stays here belongs to one reader: each page says for whom it was made (Hindsight-Reader) and whether it may stay
// (Hindsight-Keep). Copies of anybody else go before anything new is kept, and all of them go when somebody signs in
// or out. The server puts VERSION above.

const PAGES = "hindsight-pages-"; // and who reads
const FILES = "hindsight-files";
const SHELL = `hindsight-shell-${VERSION}`;
const MOST_PAGES = 30;
const MOST_FILES = 200;
const LONGEST = 30 * 86400 * 1000; // as long as a session
const OFFLINE = "/offline";
const PATIENCE = 5000; // after so long without an answer a copy is better, where there is one
const ENTRANCE = /^\/(sign-|invite\/|first-account\/)/;

let turn = 0; // grows when somebody signs in or out: what was asked before may not be kept after
const resting = new Set(); // the windows whose page came from here, so that their files do, too

self.addEventListener("install", (event) => event.waitUntil(prepare().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const {request} = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && ENTRANCE.test(url.pathname)) event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(event));
  else if (request.mode === "navigate") event.respondWith(page(event, url.pathname));
});

// The page for no line, with all that it needs.
async function prepare() {
  const shell = await caches.open(SHELL);
  const answer = await fetch(OFFLINE, {cache: "no-cache"});
  const text = await answer.clone().text();
  await shell.put(OFFLINE, answer);
  for (const [, address] of text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)) await withImports(shell, address);
}

async function withImports(shell, address) {
  if (await shell.match(address)) return;
  const answer = await fetch(address, {cache: "no-cache"});
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  await shell.put(address, answer.clone());
  if (!new URL(address, location).pathname.endsWith(".js")) return;
  for (const [, name] of (await answer.text()).matchAll(/^import .*?"(\.[^"]+)";$/gm)) {
    await withImports(shell, new URL(name, new URL(address, location)).pathname);
  }
}

async function begin() {
  for (const name of await caches.keys()) if (name.startsWith("hindsight-shell-") && name !== SHELL) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

const pageCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));

async function forget() {
  turn += 1;
  for (const name of await pageCaches()) await caches.delete(name);
}

// --- files -----------------------------------------------------------------------------------------------------------

const fixed = (answer) => (answer.headers.get("Cache-Control") ?? "").includes("immutable");

// A file that is addressed by its content is as good from here as from the server. Any other comes from the server,
// except to a page that came from here.
async function file(event) {
  const kept = await caches.match(event.request, {ignoreVary: true});
  if (kept && (fixed(kept) || resting.has(event.clientId))) return kept;
  try {
    const answer = await fetch(event.request);
    if (answer.ok && kept?.headers.get("ETag") !== answer.headers.get("ETag")) event.waitUntil(put(FILES, event.request, answer.clone(), MOST_FILES));
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

// Put it last; what is oldest goes when there are too many.
async function put(name, key, answer, most) {
  const cache = await caches.open(name);
  await cache.delete(key, {ignoreVary: true});
  await cache.put(key, answer);
  const all = await cache.keys();
  for (const old of all.slice(0, Math.max(0, all.length - most))) await cache.delete(old, {ignoreVary: true});
}

// --- pages -----------------------------------------------------------------------------------------------------------

async function page(event, path) {
  const began = turn;
  const fresh = asked(event).catch(() => null);
  event.waitUntil(fresh.then((answer) => answer && learn(answer, path, began)));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(() => held(path)).then((kept) => kept ?? fresh);
  const answer = (await Promise.race([fresh, late])) ?? (await held(path)) ?? (await shell());
  if (answer.headers.has("Hindsight-Held")) resting.add(event.resultingClientId);
  return answer;
}

const asked = async (event) => (await event.preloadResponse) ?? fetch(event.request);

// What an answer tells about who reads now and what may stay. Its copy is taken before anybody reads it.
function learn(answer, path, began) {
  const reader = answer.headers.get("Hindsight-Reader");
  const copy = reader && answer.ok && answer.headers.has("Hindsight-Keep") ? answer.clone() : null;
  const gone = !copy && answer.status < 500 && answer.status !== 429;
  return began === turn ? settle(reader, path, copy, gone, began) : null;
}

async function settle(reader, path, copy, gone, began) {
  for (const name of await pageCaches()) {
    if (reader && name !== PAGES + reader) await caches.delete(name);
    else if (gone) await (await caches.open(name)).delete(path, {ignoreVary: true});
  }
  if (copy && began === turn) await put(PAGES + reader, path, copy, MOST_PAGES);
}

// The copy of a page, which says that it is one; null when there is none or it is too old.
async function held(path) {
  for (const name of await pageCaches()) {
    const kept = await caches.match(path, {cacheName: name, ignoreVary: true});
    const from = new Date(kept?.headers.get("Date") ?? 0);
    if (kept && Date.now() - from < LONGEST) return told(kept, from);
  }
  return null;
}

async function told(kept, from) {
  const text = (await kept.text())
    .replace('<p class="page-notice" data-kept-notice hidden>', '<p class="page-notice" data-kept-notice>')
    .replace('<time datetime="">', `<time datetime="${from.toISOString()}">`);
  return new Response(text, {headers: headed(kept)});
}

async function shell() {
  const kept = await caches.match(OFFLINE, {cacheName: SHELL});
  return kept ? new Response(kept.body, {headers: headed(kept)}) : Response.error();
}

function headed(kept) {
  const headers = new Headers(kept.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("Hindsight-Held", "1");
  return headers;
}
