// Pictures and files pasted or dropped into the text: uploaded where one sees it, and their Markdown put where the caret
// was. A file that is dropped beside the text goes into it as well, instead of taking the page's place in the browser.
import {t} from "../words.js";

let count = 0;

const filesOf = (data) => [...(data?.files ?? [])];
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export class Pictures {
  constructor(form, surfaces, uploads) {
    this.form = form;
    this.surfaces = surfaces;
    this.uploads = uploads;
    form.addEventListener("paste", (event) => this.take(event, event.clipboardData), true);
    addEventListener("drop", (event) => this.dropped(event), true);
    addEventListener("dragover", (event) => this.over(event), true);
    addEventListener("dragleave", (event) => event.relatedTarget || this.mark(false));
    form.addEventListener("submit", (event) => this.wait(event), true);
  }

  mark(on) {
    this.form.classList.toggle("editor-taking", on);
  }

  over(event) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.mark(true);
  }

  dropped(event) {
    this.mark(false);
    if (carriesFiles(event)) this.take(event, event.dataTransfer, this.surfaces.current());
  }

  take(event, data, otherwise = null) {
    const surface = this.surfaces.all.find((s) => s.element.contains(event.target)) ?? otherwise;
    const files = filesOf(data);
    // Text copied from an office program carries a picture of itself along: the text is what was meant.
    if (!surface || !files.length || data.getData("text/plain")) return;
    event.preventDefault();
    event.stopPropagation();
    for (const file of files) this.upload(surface, file);
  }

  // What is published holds no file that is still on its way.
  wait(event) {
    if ((event.submitter?.value ?? "publish") !== "publish" || !this.uploads.running.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.uploads.say(t("A file is still on its way. Publish when it is there, or cancel it."));
    this.uploads.place.querySelector("button")?.focus();
  }

  async upload(surface, file) {
    const name = file.name || "picture.png";
    if (!this.uploads.fits(file, name, Number(this.form.dataset.largest))) return;
    const mark = `![Uploading ${name.replace(/[[\]()\n]/g, " ")} ${++count} …]()`;
    surface.insert(mark);
    const answer = await this.uploads.send(file, name, {
      url: this.form.dataset.urlAttach,
      taken: t("%(name)s is in the text.", {name}),
      again: () => this.upload(this.surfaces.current(), file),
      stopped: () => this.surfaces.current()?.focus(),
    });
    this.put(mark, answer?.markdown ?? "");
  }

  // In place of the mark, wherever it stands by now: the way of writing may have been changed meanwhile.
  put(mark, text) {
    this.surfaces.all.find((surface) => surface.text().includes(mark))?.replace(mark, text);
  }
}
