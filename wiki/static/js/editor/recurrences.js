// "Same thing happened again": the experiences that this one repeats, as chips that can be taken back.

import {t} from "../words.js";

export class Recurrences {
  constructor(box, changed) {
    this.box = box;
    this.list = box.querySelector("[data-recurrence-list]");
    this.changed = changed;
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-unrecur]");
      if (!button) return;
      event.preventDefault();
      button.closest("li").remove();
      this.update();
    });
  }

  add(id, title) {
    if ([...this.list.children].some((chip) => chip.dataset.id === id)) return;
    const chip = document.createElement("li");
    chip.className = "chip";
    chip.dataset.id = id;
    const input = Object.assign(document.createElement("input"), {type: "hidden", name: "recurrence_of", value: id});
    const words = Object.assign(document.createElement("span"), {textContent: title});
    const button = Object.assign(document.createElement("button"), {type: "button", className: "chip-remove", textContent: "×"});
    button.dataset.unrecur = "";
    button.setAttribute("aria-label", t("Remove “%(title)s”", {title}));
    chip.append(input, words, button);
    this.list.append(chip);
    this.update();
  }

  set(ids, titles = new Map()) {
    this.list.replaceChildren();
    for (const id of ids) this.add(id, titles.get(id) ?? id);
    this.update();
  }

  update() {
    this.box.hidden = this.list.children.length === 0;
    this.changed();
  }
}
