// The text as it will look, made by the server with the same renderer as the page: beside the text and following it
// where there is room for both, else in place of the fields.
import {send} from "./net.js";
import {t} from "../words.js";

const ROOM = matchMedia("(min-width: 84rem)");
const PAUSE = 500;

export class Preview {
  constructor(editor, button, writing, url) {
    this.editor = editor;
    this.button = button;
    this.writing = writing;
    this.url = url;
    this.box = Object.assign(document.createElement("section"), {className: "preview-page", hidden: true, tabIndex: -1});
    this.box.setAttribute("aria-label", t("Preview"));
    this.page = writing.closest(".editor-page");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => (this.box.hidden ? this.show() : this.hide()));
    editor.form.addEventListener("input", () => this.follow());
    ROOM.addEventListener("change", () => this.box.hidden || this.hide());
  }

  async load() {
    this.running?.abort();
    this.running = new AbortController();
    let html = null;
    try {
      const answer = await send(this.url, {body: new FormData(this.editor.form), signal: this.running.signal});
      html = answer.ok ? await answer.text() : null;
    } catch (error) {
      if (error.name === "AbortError") return false; // overtaken by a newer text
    }
    const place = this.box.scrollTop;
    this.box.innerHTML = html ?? "";
    if (html === null) this.box.textContent = t("The preview could not be made. Your text is as it was.");
    this.box.scrollTop = place;
    return true;
  }

  follow() {
    if (this.box.hidden || !this.beside) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), PAUSE);
  }

  async show() {
    this.beside = ROOM.matches;
    if (!(await this.load())) return;
    this.box.classList.toggle("preview-beside", this.beside);
    if (this.beside) {
      this.page.classList.add("editor-beside");
      this.page.querySelector(".editor-column").after(this.box);
    } else {
      this.writing.after(this.box);
      this.box.style.minHeight = `${this.writing.offsetHeight}px`;
      this.writing.hidden = true;
    }
    this.box.hidden = false;
    this.button.textContent = this.beside ? t("Hide the preview") : t("Back to writing");
    this.button.setAttribute("aria-pressed", "true");
    if (!this.beside) this.box.focus({preventScroll: true});
  }

  hide() {
    this.page.classList.remove("editor-beside");
    this.box.style.minHeight = "";
    this.writing.hidden = false;
    this.box.hidden = true;
    this.button.textContent = t("Preview");
    this.button.setAttribute("aria-pressed", "false");
  }
}
