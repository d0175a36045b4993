// The page without a line: which pages this device has.

const list = document.querySelector("[data-kept-pages]");
const kept = await caches.open("hindsight-pages");
for (const request of (await kept.keys()).reverse()) {
  const answer = await kept.match(request);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const link = Object.assign(document.createElement("a"), {href: request.url, textContent: page.title});
  const item = document.createElement("li");
  item.append(link);
  list.append(item);
}
addEventListener("online", () => location.reload());
