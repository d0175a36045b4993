// Drafts that only this browser has (written offline), on the pages that list drafts.
import * as keep from "./keep.js";
import {when} from "./text.js";
import {t} from "../words.js";

keep.forgetPublished();
const place = document.querySelector("[data-local-drafts]");
const found = keep.all().filter((draft) => draft.payload && typeof draft.url === "string" && draft.url.startsWith("/"));
if (place && found.length) {
  const heading = Object.assign(document.createElement("h2"), {textContent: t("Kept on this device only")});
  const list = Object.assign(document.createElement("ul"), {className: "draft-list"});
  list.append(...found.map(row));
  place.append(heading, list);
}

function row(draft) {
  const item = Object.assign(document.createElement("li"), {className: "draft-row"});
  const link = Object.assign(document.createElement("a"), {className: "draft-title", textContent: draft.payload.title || t("Untitled")});
  link.href = draft.url;
  const meta = Object.assign(document.createElement("span"), {className: "draft-meta", textContent: ` ${t("from %(when)s", {when: when(draft.at)})}`});
  item.append(link, meta);
  return item;
}
