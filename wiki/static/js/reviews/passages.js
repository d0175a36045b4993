// At each heading of a review a link to what can be made of the passages under it. Without this file the link under the
// text leads to all of them.

import {t} from "../words.js";

const all = document.querySelector("[data-passages]");
if (all) {
  document.querySelectorAll(".prose > :is(h2, h3)").forEach((heading, index) => {
    const anchor = heading.querySelector(".anchor")?.textContent ?? "";
    const title = heading.textContent.slice(0, heading.textContent.length - anchor.length).trim();
    const link = document.createElement("a");
    link.className = "heading-use";
    link.href = `${all.getAttribute("href")}#part-${index + 1}`;
    link.textContent = t("Make a lesson or an action");
    link.setAttribute("aria-label", t("Make a lesson or an action of “%(title)s”", {title}));
    heading.append(" ", link);
  });
}
