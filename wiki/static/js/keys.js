// The keys, in a dialog; the list is that of the page /about/keys.

import {t} from "./words.js";

export async function showKeys(url = "/about/keys") {
  const answer = await fetch(url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = page.querySelector("[data-keys-list]");
  if (!list) return location.assign(url);
  const dialog = Object.assign(document.createElement("dialog"), {className: "dialog"});
  dialog.setAttribute("aria-label", t("Keys"));
  const head = Object.assign(document.createElement("form"), {method: "dialog", className: "dialog-head"});
  head.append(Object.assign(document.createElement("h2"), {textContent: t("Keys")}), Object.assign(document.createElement("button"), {className: "button button-small", textContent: t("Close")}));
  dialog.append(head, list);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
