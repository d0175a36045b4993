// Search as you type: titles and headings under the search boxes. Enter without a choice searches, as without this file.

import {t} from "./words.js";

const PAUSE = 90;

class Complete {
  constructor(input) {
    this.input = input;
    this.list = document.createElement("ul");
    this.list.id = `${input.id}-found`;
    this.list.className = "complete";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", t("Suggestions"));
    this.list.hidden = true;
    input.after(this.list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.autocomplete = "off";
    this.active = -1;
    this.known = new Map();
    this.show([]);
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.show([]));
    // The box would lose the focus, and the list with it, before the click counts.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const typed = this.input.value.trim();
    this.asked?.abort();
    if (typed.length < 2 || typed.length > 100) return this.show([]);
    if (!this.known.has(typed)) {
      this.asked = new AbortController();
      try {
        const answer = await fetch(`/search/titles?q=${encodeURIComponent(typed)}`, {signal: this.asked.signal});
        if (!answer.ok) return this.show([]);
        this.known.set(typed, (await answer.json()).items);
      } catch {
        return this.show([]); // no answer: the box searches all the same
      }
    }
    const here = document.activeElement === this.input && this.input.value.trim() === typed;
    if (here) this.show(this.known.get(typed));
  }

  show(items) {
    this.active = -1;
    this.list.replaceChildren(...items.map((item, number) => this.option(item, number)));
    this.list.hidden = !items.length;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  option(item, number) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const link = document.createElement("a");
    link.href = item.url;
    link.tabIndex = -1;
    const title = document.createElement("span");
    title.textContent = item.heading || item.title;
    const where = document.createElement("small");
    where.textContent = item.heading ? t("in %(title)s", {title: item.title}) : item.kind;
    link.append(title, where);
    option.append(link);
    return option;
  }

  choose(number) {
    const options = this.list.children;
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = number;
    const option = options[number];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({block: "nearest"});
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const count = this.list.children.length;
    if (event.isComposing || !count) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      // One place more than there are options: the box itself.
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.choose(((this.active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.list.children[this.active].firstChild.click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.show([]);
    }
  }
}

for (const box of document.querySelectorAll("#ui-search, #ui-big-search, #ui-q")) new Complete(box);
