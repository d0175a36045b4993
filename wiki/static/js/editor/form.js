// What the editor's form holds, read in one place for drafts, the related panel and the preview.
import {bounded, joined, ownWords, paragraphAt} from "./text.js";

export class EditorForm {
  constructor(form, surfaces) {
    this.form = form;
    this.surfaces = surfaces;
  }

  get key() {
    return this.form.dataset.draft;
  }

  value(name) {
    return this.form.elements.namedItem(name)?.value ?? "";
  }

  get title() {
    return this.value("title");
  }

  get guided() {
    return this.form.elements.namedItem("shape") !== null;
  }

  // The whole text as Markdown, from one textarea or joined from the sections.
  body() {
    if (!this.guided) return this.value("body");
    const shape = JSON.parse(this.value("shape"));
    return joined(shape, shape.map((_, number) => this.value(`section-${number}`)));
  }

  ticked(name) {
    return [...this.form.querySelectorAll(`input[name="${name}"]`)].filter((i) => i.type === "hidden" || i.checked).map((i) => i.value);
  }

  // What a draft keeps (wiki/web/writing.py, Writing.payload).
  payload() {
    const texts = Object.fromEntries(["kind", "title", "tags", "team", "date", "message", "mode", "made_from"].map((n) => [n, this.value(n)]));
    return {
      ...texts,
      body: this.body(),
      base_revision: this.value("draft_base") || this.value("base_revision"),
      audience: this.ticked("audience"),
      recurrence_of: this.ticked("recurrence_of"),
    };
  }

  // What the related panel asks with, or null while there is too little to go by.
  question() {
    const surface = this.surfaces.last;
    const body = this.body();
    const own = ownWords(body);
    if (this.title.trim().length < 10 && own.length < 80) return null;
    const place = surface && !this.guided ? surface.caret() : 0;
    return {
      title: this.title.trim(),
      body: bounded(body, place),
      passage: surface ? paragraphAt(surface.text(), surface.caret()) : "",
      kind: this.value("kind"),
      draft: this.key,
      exclude: [this.form.dataset.entry, ...this.ticked("recurrence_of")].filter(Boolean),
    };
  }
}
