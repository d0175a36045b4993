// Pictures and files pasted or dropped into the text: uploaded, and their Markdown put where the caret was.
import {send} from "./net.js";

let count = 0;

const filesOf = (data) => [...(data?.files ?? [])];

export class Pictures {
  constructor(editor, surfaces, {url, say}) {
    this.editor = editor;
    this.surfaces = surfaces;
    this.url = url;
    this.say = say;
    const form = editor.form;
    form.addEventListener("paste", (event) => this.take(event, event.clipboardData), true);
    form.addEventListener("drop", (event) => this.take(event, event.dataTransfer), true);
    form.addEventListener("dragover", (event) => {
      if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
    });
  }

  take(event, data) {
    const surface = this.surfaces.all.find((s) => s.element.contains(event.target));
    const files = filesOf(data);
    // Text copied from an office program carries a picture of itself along: the text is what was meant.
    if (!surface || !files.length || data.getData("text/plain")) return;
    event.preventDefault();
    event.stopPropagation();
    for (const file of files) this.upload(surface, file);
  }

  async upload(surface, file) {
    const mark = `![Uploading ${(file.name || "picture").replace(/[[\]()\n]/g, " ")} ${++count} …]()`;
    surface.insert(mark);
    const body = new FormData();
    body.append("file", file, file.name || "picture.png");
    let answer = null;
    try {
      answer = await send(this.url, {body});
    } catch {
      answer = null;
    }
    if (answer?.ok) {
      const {markdown} = await answer.json();
      surface.replace(mark, markdown);
      return;
    }
    surface.replace(mark, "");
    const problem = await answer?.json().catch(() => null);
    this.say(problem?.detail ?? problem?.error ?? "The file could not be uploaded. Try again when the server answers.");
  }
}
