// The service worker: the last pages that were read can be read without a line. With a line the server always answers,
// so nobody reads an old page unknowingly; what somebody else may not see goes when a session ends.

const PAGES = "hindsight-pages";
const FILES = "hindsight-files";
const MOST_PAGES = 30;
const MOST_FILES = 120;
const OFFLINE = "/offline";
const PATIENCE = 8000; // a line that answers nothing for so long is none

self.addEventListener("install", (event) => {
  event.waitUntil(prepare().then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(PAGES));
});

self.addEventListener("fetch", (event) => {
  const {request} = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
});

// The page for no line, with its own files.
async function prepare() {
  const answer = await fetch(OFFLINE);
  const files = await caches.open(FILES);
  const found = [...(await answer.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
  await files.put(OFFLINE, answer);
  await files.addAll(found);
}

// Files carry their hash, so the copy here is as good as the server's; one without a hash is asked for first.
async function file(request) {
  const kept = await caches.match(request);
  if (kept && new URL(request.url).searchParams.has("v")) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) await keep(FILES, request, answer.clone(), MOST_FILES);
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function page(request, url) {
  try {
    const answer = await fetch(request, {signal: AbortSignal.timeout(PATIENCE)});
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") await caches.delete(PAGES);
    else if (answer.ok && readable(url)) await keep(PAGES, request, answer.clone(), MOST_PAGES);
    return answer;
  } catch {
    return (await caches.match(request, {cacheName: PAGES, ignoreVary: true})) ?? (await caches.match(OFFLINE));
  }
}

const readable = (url) => url.pathname === "/" || url.pathname.startsWith("/wiki/");

// Put it last; what is oldest goes when there are too many.
async function keep(name, request, answer, most) {
  const cache = await caches.open(name);
  await cache.delete(request);
  await cache.put(request, answer);
  const all = (await cache.keys()).filter((one) => new URL(one.url).pathname !== OFFLINE);
  await Promise.all(all.slice(0, Math.max(0, all.length - most)).map((old) => cache.delete(old)));
}
