// The palette: actions, pages, what was read last and every entry, by a few letters. A native dialog with a combobox
// over a listbox: the focus stays in the field, the chosen option is named by aria-activedescendant.
import {recent} from "./recent.js";
import {t, tn} from "./words.js";

const PAUSE = 120;
const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
const fits = (text) => (item) => words(text).every((word) => item.label.toLowerCase().includes(word));

// What the page itself offers: its own buttons, found by what they are for.
function here() {
  return [["[data-key=e]", t("Edit this entry")], ["a[href^='/history/']", t("History of this entry")], ["a[href^='/related/']", t("What is related to this entry")]]
    .map(([selector, label]) => [document.querySelector(`main ${selector}`), label])
    .filter(([link]) => link)
    .map(([link, label]) => ({label, detail: "", url: link.href}));
}

class Palette {
  constructor() {
    this.dialog = document.createElement("dialog");
    this.dialog.className = "dialog palette";
    this.dialog.setAttribute("aria-label", t("Go to"));
    const where = t("Go to a page, an action or an entry");
    this.dialog.innerHTML = `<input class="input palette-input" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
      aria-autocomplete="list" aria-label="${where}" placeholder="${where}" autocomplete="off" spellcheck="false">
      <div class="palette-list" id="palette-list" role="listbox" aria-label="${t("Where to go")}"></div>
      <p class="palette-foot" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> go <kbd>Esc</kbd> close</p>
      <p class="visually-hidden" role="status"></p>`;
    this.input = this.dialog.querySelector("input");
    this.list = this.dialog.querySelector(".palette-list");
    this.status = this.dialog.querySelector("[role=status]");
    this.known = {actions: [], pages: [], content: []};
    this.input.addEventListener("input", () => this.typed());
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    document.body.append(this.dialog);
  }

  open({text, go}) {
    this.input.value = text;
    this.known.content = [];
    this.dialog.showModal();
    this.render();
    if (go) this.go();
    this.ask(text.trim());
  }

  typed() {
    this.render();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(this.input.value.trim()), PAUSE);
  }

  async ask(text) {
    this.running?.abort();
    this.running = new AbortController();
    try {
      const answer = await fetch(`/palette?q=${encodeURIComponent(text)}`, {signal: this.running.signal, headers: {Accept: "application/json"}});
      if (!answer.ok || text !== this.input.value.trim()) return;
      this.known = await answer.json();
      this.render();
    } catch {
      // offline or overtaken by the next letter: what is known already stays
    }
  }

  render() {
    const text = this.input.value.trim();
    const {actions, pages, content} = this.known;
    const groups = [[t("Actions"), [...here(), ...actions].filter(fits(text))], [t("Read last"), recent().filter(fits(text)).slice(0, 5)],
      [t("Entries"), text ? content : []], [t("Pages"), pages.filter(fits(text))]];
    if (text) groups.push([t("Search"), [{label: t("Search for “%(text)s”", {text}), detail: "", url: `/search?q=${encodeURIComponent(text)}`}]]);
    const chosen = this.options?.[this.at]?.dataset.url;
    this.list.replaceChildren(...groups.filter(([, items]) => items.length).map(group));
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.options.forEach((option, index) => (option.id = `palette-${index}`));
    this.choose(Math.max(0, this.options.findIndex((option) => option.dataset.url === chosen)));
    this.status.textContent = tn("%(count)s place to go", "%(count)s places to go", this.options.length);
  }

  choose(index) {
    this.at = (index + this.options.length) % this.options.length || 0;
    this.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
    const option = this.options[this.at];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({block: "nearest"});
  }

  key(event) {
    if (event.isComposing) return;
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step) {
      event.preventDefault();
      this.choose(this.at + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.go(event.ctrlKey || event.metaKey);
    }
  }

  // To what is chosen, in another tab where that is wished.
  go(elsewhere = false) {
    const link = this.options[this.at]?.querySelector("a");
    if (!link) return;
    if (elsewhere) window.open(link.href, "_blank", "noopener");
    else location.assign(link.href);
  }
}

function group([name, items], index) {
  const box = document.createElement("div");
  box.setAttribute("role", "group");
  box.setAttribute("aria-labelledby", `palette-group-${index}`);
  const title = Object.assign(document.createElement("p"), {className: "palette-group", id: `palette-group-${index}`, textContent: name});
  box.append(title, ...items.map(option));
  return box;
}

// The option holds a link for the pointer, out of the tab order: the keyboard works through the field.
function option({label, detail, url}) {
  const element = Object.assign(document.createElement("div"), {className: "palette-option"});
  element.setAttribute("role", "option");
  element.dataset.url = url;
  const link = Object.assign(document.createElement("a"), {href: url, textContent: label, tabIndex: -1});
  element.append(link);
  if (detail) element.append(Object.assign(document.createElement("span"), {textContent: detail}));
  return element;
}

let palette = null;

// `early` is what was typed before the palette was there.
export function openPalette(early) {
  palette ??= new Palette();
  if (!palette.dialog.open) palette.open(early);
}
