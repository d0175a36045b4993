// The fields of a review, read for keeping and for the panel of related past experiences.
import {Beside} from "../editor/beside.js";
import {insertCitation, RelatedPanel} from "../editor/related.js";
import {plainSurface, Surfaces} from "../editor/surfaces.js";
import {bounded, paragraphAt} from "../editor/text.js";
import {t} from "../words.js";

export class Fields {
  constructor(form) {
    this.form = form;
    this.all = [...form.querySelectorAll("textarea[data-field]")];
    this.surfaces = new Surfaces(form, plainSurface);
  }

  values() {
    return Object.fromEntries(this.all.map((area) => [area.dataset.field, area.value]));
  }

  // What the server put into them, which is what it has: something may be typed before this script is here.
  given() {
    return Object.fromEntries(this.all.map((area) => [area.dataset.field, area.defaultValue]));
  }

  // What the panel asks with, or null while there is too little to go by.
  question() {
    const body = this.all.map((area) => area.value.trim()).filter(Boolean).join("\n\n");
    if (body.length < 80) return null;
    const area = this.surfaces.last?.textarea;
    return {
      title: this.form.dataset.title,
      body: bounded(body, 0),
      passage: area ? paragraphAt(area.value, area.selectionStart ?? 0) : "",
      recur: "urlRecur" in this.form.dataset,
      exclude: (this.form.dataset.exclude ?? "").split(" ").filter(Boolean),
    };
  }
}

// The panel beside the fields. It keeps no verdicts: what is dismissed here is dismissed on this page alone.
export function panelOf(fields, recurrences) {
  const box = document.querySelector(".related-panel");
  if (!box) return null;
  const beside = new Beside(document.querySelector("[data-beside]"), (button) => {
    insertCitation(fields.surfaces.current(), button.dataset.citation);
    button.textContent = t("Cited");
  });
  const urls = {related: fields.form.dataset.urlRelated};
  return new RelatedPanel(box, fields, {urls, surfaces: fields.surfaces, recurrences, beside});
}

// Asks before a page with unkept text goes away; browsers show words of their own.
export function guard(unkept) {
  addEventListener("beforeunload", (event) => {
    if (unkept()) event.preventDefault();
  });
}
