// How the index gets on, shown again while there is something to wait for. The page says the same when it is loaded again.

const PAUSE = 4000;
const SELECTOR = "[data-following]";

async function again() {
  const card = document.querySelector(SELECTOR);
  if (card?.dataset.following !== "yes") return;
  try {
    const answer = await fetch(location.href, {headers: {Accept: "text/html"}});
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(SELECTOR);
    if (fresh && !document.hidden) card.replaceWith(fresh);
  } finally {
    setTimeout(again, PAUSE);
  }
}

setTimeout(again, PAUSE);
