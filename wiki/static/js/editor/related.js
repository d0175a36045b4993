// Related past experiences, followed while one writes. Nothing here moves the caret or the page: cards come into a
// place that is kept for them, stay in place while they remain related, and wait while somebody points at them.
import {send} from "./net.js";
import {t, tn} from "../words.js";

const PAUSE = 800;

export class RelatedPanel {
  constructor(panel, editor, {urls, surfaces, recurrences, beside}) {
    this.panel = panel;
    this.editor = editor;
    this.urls = urls;
    this.surfaces = surfaces;
    this.recurrences = recurrences;
    this.beside = beside;
    this.list = panel.querySelector("[data-related-list]");
    this.note = panel.querySelector("[data-related-note]");
    this.count = panel.querySelector("[data-related-count]");
    this.live = document.querySelector("[data-related-live]");
    this.details = panel.querySelector("details");
    this.dismissed = new Set();
    this.asked = "";
    this.number = 0;
    this.waiting = null;
    panel.dataset.alive = "";
    panel.addEventListener("click", (event) => this.click(event));
    panel.addEventListener("pointerleave", () => this.showWaiting());
    panel.addEventListener("focusout", () => setTimeout(() => this.showWaiting()));
    this.fold(matchMedia("(max-width: 62rem)"));
  }

  // On a phone the panel is one line at the foot of the page until it is asked for.
  fold(narrow) {
    const follow = () => (this.details.open = !narrow.matches);
    narrow.addEventListener("change", follow);
    follow();
  }

  touch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const question = this.editor.question();
    if (!question) return this.show([], null, "");
    question.exclude.push(...this.dismissed);
    const text = JSON.stringify(question);
    if (text === this.asked) return;
    this.asked = text;
    this.running?.abort();
    this.running = new AbortController();
    const number = ++this.number;
    // What is shown stays until it is clearly beaten: the server is told what that is.
    question.shown = [...this.list.children].map((card) => card.dataset.id);
    try {
      const answer = await send(this.urls.related, {json: question, signal: this.running.signal});
      if (!answer.ok) throw new Error(String(answer.status));
      const {items, degraded, retry_after: later} = await answer.json();
      if (number !== this.number) return;
      this.show(items, degraded, text);
      if (later) this.again(later);
    } catch {
      if (number === this.number) this.asked = ""; // silent: the next pause asks again
    }
  }

  // The search model was too busy: the same draft is asked for again when it may have time, unless somebody types.
  again(seconds) {
    this.asked = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), seconds * 1000 + PAUSE * Math.random());
  }

  // Somebody who points at a card or has the focus on it is about to use it: what is new waits until then.
  busy() {
    return this.list.children.length > 0 && (this.list.matches(":hover") || this.list.contains(document.activeElement));
  }

  show(items, degraded) {
    const wanted = items.filter((item) => !this.dismissed.has(item.id));
    if (this.busy()) {
      this.waiting = [wanted, degraded];
      return;
    }
    this.waiting = null;
    const before = [...this.list.children].map((card) => card.dataset.id).join();
    this.place(wanted);
    this.summarize(degraded);
    const after = wanted.map((item) => item.id).join();
    if (before !== after) this.announce(wanted.length);
  }

  showWaiting() {
    if (this.waiting && !this.busy()) this.show(...this.waiting);
  }

  // Put the cards in order, using again those that are there already.
  place(items) {
    const present = new Map([...this.list.children].map((card) => [card.dataset.id, card]));
    items.forEach((item, index) => {
      let card = present.get(item.id);
      present.delete(item.id);
      if (!card || card.source !== item.html) {
        const fresh = made(item.html);
        fresh.source = item.html;
        if (card) card.replaceWith(fresh);
        card = fresh;
      }
      if (this.list.children[index] !== card) this.list.insertBefore(card, this.list.children[index] ?? null);
    });
    for (const card of present.values()) card.remove();
  }

  summarize(degraded) {
    const number = this.list.children.length;
    this.panel.toggleAttribute("data-found", number > 0);
    this.count.textContent = number ? String(number) : "";
    this.note.textContent = degraded ?? "";
  }

  announce(number) {
    if (number) this.live.textContent = tn("%(count)s related past experience", "%(count)s related past experiences", number);
    else this.live.textContent = "";
  }

  click(event) {
    const card = event.target.closest("[data-id]");
    if (!card) return;
    const open = event.target.closest("[data-open]");
    if (open && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      this.beside.open(open.dataset.open, card, open);
      this.judge(card, "opened");
    }
    const act = event.target.closest("[data-act]");
    if (!act) return;
    event.preventDefault();
    this[act.dataset.act](card, act);
  }

  cite(card, button) {
    insertCitation(this.surfaces.current(), card.dataset.citation);
    this.settle(button, "Cited");
    this.judge(card, "cited");
  }

  recur(card, button) {
    this.recurrences.add(card.dataset.id, card.dataset.title);
    this.settle(button, "Noted");
  }

  dismiss(card) {
    this.dismissed.add(card.dataset.id);
    this.judge(card, "not-related");
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    this.summarize(this.note.textContent || null);
    (next?.querySelector("[data-act]") ?? this.details.querySelector("summary")).focus({preventScroll: true});
    this.live.textContent = t("Not shown again for this draft");
    this.touch();
  }

  settle(button, words) {
    button.textContent = words;
    button.setAttribute("aria-disabled", "true");
    delete button.dataset.act;
    button.type = "button";
    this.live.textContent = words;
  }

  // Kept for the next time; that it could not be kept is no reason to disturb who is writing.
  judge(card, verdict) {
    if (!this.urls.verdict) return; // a place where no verdicts are kept
    const json = {draft: this.editor.key, entry: card.dataset.id, verdict};
    send(this.urls.verdict, {json, keepalive: true}).catch(() => undefined);
  }
}

export function insertCitation(surface, citation) {
  const text = surface.text();
  const before = text.slice(0, surface.caret());
  surface.insert((before && !/[\s([]$/.test(before) ? " " : "") + citation);
}

// A card from the server's own HTML, which it has escaped.
function made(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.querySelector("li");
}
