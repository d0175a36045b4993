// The files on their way to the server: a line for each with how far it is, a button that stops it, and what went wrong.
// They lie over the foot of the page, so that no line of the text moves. What a screen reader says is less: that a file
// has set out, each quarter of its way, and how it ended.

import {upload} from "./net.js";
import {t} from "../words.js";

const noAnswer = () => t("The file could not be uploaded, because the server does not answer.");
const megabytes = (bytes) => `${Math.max(0.1, bytes / 1e6).toFixed(1)} MB`;
const make = (tag, values) => Object.assign(document.createElement(tag), values);

export class Uploads {
  constructor(place, status) {
    this.place = place;
    this.list = place.querySelector("ul");
    this.status = status;
    this.running = new Set();
  }

  say(text) {
    this.status.textContent = text;
  }

  // Sends a file where one sees it go: the server's answer, or null where it was stopped or refused, which is told.
  // `taken` are the words at its end, `again` sends it once more, `stopped` is called when somebody stopped it.
  async send(file, name, {url, taken, again, stopped = () => {}}) {
    const stop = new AbortController();
    const line = this.begin(name, () => stop.abort());
    const body = new FormData();
    body.append("file", file, name);
    try {
      const {status, answer} = await upload(url, body, {progress: line.at, signal: stop.signal});
      if (status < 300 && answer) {
        line.done(taken);
        return answer;
      }
      const why = status === 413 ? t("%(name)s is too large. Make it smaller first.", {name}) : noAnswer();
      line.failed(answer?.detail ?? answer?.error ?? why, again);
    } catch (error) {
      if (stop.signal.aborted) {
        line.done(t("The upload of %(name)s was cancelled.", {name}));
        stopped();
      } else {
        line.failed(noAnswer(), again);
      }
    }
    return null;
  }

  // Whether a file has at most so many bytes; one that has more is refused where the others are seen.
  fits(file, name, largest) {
    if (file.size <= largest) return true;
    this.begin(name, () => {}).failed(t("%(name)s has %(size)s; a file may have %(most)s. Make it smaller first.", {name, size: megabytes(file.size), most: megabytes(largest)}));
    return false;
  }

  // A line for the file of this name; `stop` is called when somebody stops it.
  begin(name, stop) {
    const line = make("li", {className: "upload"});
    const title = make("span", {className: "upload-name", textContent: name});
    const part = make("span", {className: "upload-part", textContent: "0 %"});
    const bar = make("progress", {max: 100, value: 0});
    bar.setAttribute("aria-label", t("Uploading %(name)s", {name}));
    const button = make("button", {type: "button", className: "button button-small button-quiet", textContent: t("Cancel")});
    button.setAttribute("aria-label", t("Cancel the upload of %(name)s", {name}));
    button.addEventListener("click", stop);
    line.append(title, part, bar, button);
    this.list.append(line);
    this.place.hidden = false;
    this.running.add(line);
    this.say(t("Uploading %(name)s", {name}));
    let quarter = 0;
    const end = (words) => {
      this.running.delete(line);
      if (words) this.say(words);
    };
    return {
      at: (share) => {
        const percent = Math.floor(share * 100);
        bar.value = percent;
        part.textContent = percent < 100 ? `${percent} %` : t("Keeping it …");
        if (Math.floor(percent / 25) > quarter && percent < 100) {
          quarter = Math.floor(percent / 25);
          this.say(`${name}: ${quarter * 25} %`);
        }
      },
      done: (words) => (end(words), this.drop(line)),
      failed: (words, again) => (end(words), this.refused(line, words, again)),
    };
  }

  // What could not be uploaded stays until somebody has read it.
  refused(line, words, again) {
    const retry = make("button", {type: "button", className: "button button-small", textContent: t("Try again")});
    const away = make("button", {type: "button", className: "button button-small button-quiet", textContent: t("Dismiss")});
    retry.addEventListener("click", () => (this.drop(line), again()));
    away.addEventListener("click", () => this.drop(line));
    line.classList.add("upload-failed");
    line.replaceChildren(line.firstChild, make("span", {className: "upload-why", textContent: words}), ...(again ? [retry] : []), away);
  }

  drop(line) {
    line.remove();
    this.place.hidden = this.list.children.length === 0;
  }
}
