// The text as it will look, in place of the fields, made by the server with the same renderer as the page.
import {send} from "./net.js";

export class Preview {
  constructor(editor, button, writing, url) {
    this.editor = editor;
    this.button = button;
    this.writing = writing;
    this.url = url;
    this.box = Object.assign(document.createElement("section"), {className: "preview-page", hidden: true, tabIndex: -1});
    this.box.setAttribute("aria-label", "Preview");
    writing.after(this.box);
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => (this.box.hidden ? this.show() : this.hide()));
  }

  async show() {
    const body = new FormData(this.editor.form);
    let html = null;
    try {
      const answer = await send(this.url, {body});
      html = answer.ok ? await answer.text() : null;
    } catch {
      html = null;
    }
    this.box.innerHTML = html ?? "";
    if (html === null) this.box.textContent = "The preview could not be made. Your text is as it was.";
    this.box.style.minHeight = `${this.writing.offsetHeight}px`;
    this.writing.hidden = true;
    this.box.hidden = false;
    this.button.textContent = "Back to writing";
    this.button.setAttribute("aria-pressed", "true");
    this.box.focus({preventScroll: true});
  }

  hide() {
    this.writing.hidden = false;
    this.box.hidden = true;
    this.button.textContent = "Preview";
    this.button.setAttribute("aria-pressed", "false");
  }
}
