// Footnotes beside the text, each at the height of its mention, where the page has a third column. They are the same
// elements as below the text, so that nothing is read out twice; without room, or on paper, they stay there.

const WIDE = matchMedia("(min-width: 86rem)");
const GAP = 12;
const TOO_FAR = 420; // a note that others pushed this far from its mention is better read below the text

function places(prose, items) {
  const side = document.querySelector(".entry-side");
  const top = prose.getBoundingClientRect().top;
  const end = side ? side.getBoundingClientRect().top - top - GAP : Infinity;
  let free = 0;
  const found = [];
  for (const item of items) {
    const mention = document.getElementById(item.id.replace(/^fn/, "fnref"));
    const wanted = mention ? mention.getBoundingClientRect().top - top : 0;
    const place = Math.max(wanted, free);
    if (place - wanted > TOO_FAR || place + item.offsetHeight > end) return null;
    found.push(place);
    free = place + item.offsetHeight + GAP;
  }
  return found;
}

export function besideNotes() {
  const prose = document.querySelector(".prose");
  const notes = prose?.querySelector(":scope > .footnotes");
  if (!notes) return;
  const items = [...notes.querySelectorAll(".footnote-item")];
  notes.classList.toggle("footnotes-beside", WIDE.matches);
  const found = WIDE.matches ? places(prose, items) : null;
  if (!found) notes.classList.remove("footnotes-beside");
  items.forEach((item, index) => (item.style.top = found ? `${found[index]}px` : ""));
}

WIDE.addEventListener("change", besideNotes);
addEventListener("resize", besideNotes);
addEventListener("load", besideNotes);
