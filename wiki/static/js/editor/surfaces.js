// The places to write in: one textarea in free writing, one for each question in guided writing. A surface hides
// whether CodeMirror has taken the textarea over; with or without it the textarea's value is the text.

export function plainSurface(textarea) {
  return {
    textarea,
    element: textarea,
    text: () => textarea.value,
    caret: () => textarea.selectionStart ?? textarea.value.length,
    focus: () => textarea.focus(),
    insert(text) {
      textarea.focus();
      // The only way that keeps the browser's undo; setRangeText does not.
      if (!document.execCommand("insertText", false, text)) {
        textarea.setRangeText(text, textarea.selectionStart, textarea.selectionEnd, "end");
        tell(textarea);
      }
    },
    replace(old, text) {
      const from = textarea.value.indexOf(old);
      if (from < 0) return;
      textarea.setRangeText(text, from, from + old.length, "preserve");
      tell(textarea);
    },
    setText(text) {
      textarea.value = text;
      tell(textarea);
    },
    destroy() {},
  };
}

function tell(textarea) {
  textarea.dispatchEvent(new Event("input", {bubbles: true}));
}

// All surfaces of the form, and the one that was written in last.
export class Surfaces {
  constructor(form, mount) {
    this.form = form;
    this.mount = mount;
    this.all = [];
    this.last = null;
    form.addEventListener("focusin", (event) => {
      const found = this.all.find((surface) => surface.element.contains(event.target));
      if (found) this.last = found;
    });
    this.take();
  }

  // Take over the textareas that are in the form now.
  take() {
    for (const surface of this.all) surface.destroy();
    this.all = [...this.form.querySelectorAll("textarea[data-markdown]")].map(this.mount);
    this.last = null;
  }

  use(mount) {
    const focused = this.all.findIndex((surface) => surface.element.contains(document.activeElement));
    const caret = focused < 0 ? 0 : this.all[focused].caret();
    this.mount = mount;
    this.take();
    if (focused >= 0) {
      this.all[focused].focus();
      this.all[focused].select?.(caret);
    }
  }

  // Where a citation goes: the surface last written in, else the last one that has text, else the first.
  current() {
    return this.last ?? this.all.findLast((surface) => surface.text().trim()) ?? this.all[0];
  }
}
