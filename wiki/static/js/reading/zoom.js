// Pictures open large in a dialog. Each becomes a button, so that the keyboard and a screen reader reach it, too.

import {t} from "../words.js";

function open(image) {
  const dialog = Object.assign(document.createElement("dialog"), {className: "dialog zoomed"});
  const words = image.alt || "Picture";
  dialog.setAttribute("aria-label", words);
  const head = Object.assign(document.createElement("form"), {method: "dialog", className: "dialog-head"});
  const name = Object.assign(document.createElement("p"), {textContent: image.closest("figure")?.querySelector("figcaption")?.textContent ?? words});
  const close = Object.assign(document.createElement("button"), {className: "button button-small", textContent: t("Close")});
  head.append(name, close);
  dialog.append(head, Object.assign(new Image(), {src: image.currentSrc || image.src, alt: image.alt}));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function zoomable() {
  for (const image of document.querySelectorAll(".prose img")) {
    if (image.closest("a, button")) continue;
    const button = Object.assign(document.createElement("button"), {type: "button", className: "zoom"});
    button.setAttribute("aria-label", image.alt ? t("Enlarge: %(text)s", {text: image.alt}) : t("Enlarge the picture"));
    image.replaceWith(button);
    button.append(image);
    button.addEventListener("click", () => open(image));
  }
}
