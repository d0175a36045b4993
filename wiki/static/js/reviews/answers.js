// One's own answers. With a name they are kept as one types. Without a name nothing leaves the page, and nothing is
// written on this device, until the form is sent; and when that fails the text is still in its fields.
import {send} from "../editor/net.js";
import {Fields, guard, panelOf} from "./fields.js";
import {t} from "../words.js";

const PAUSE = 1200;
const RETRY = 6000;

function start(form) {
  const fields = new Fields(form);
  const panel = panelOf(fields, null);
  const keeper = form.dataset.urlSave ? new Keeper(fields) : new Sender(fields);
  form.addEventListener("input", () => {
    keeper.touch();
    panel?.touch();
  });
  guard(() => keeper.unkept());
  if (keeper.unkept()) keeper.touch();
  panel?.touch();
}

class Keeper {
  constructor(fields) {
    this.fields = fields;
    this.form = fields.form;
    this.state = this.form.querySelector("[data-draft-state]");
    this.sequence = Number(this.form.dataset.sequence) || 0;
    this.kept = JSON.stringify(fields.given());
    this.leaving = false;
    this.form.addEventListener("submit", () => (this.leaving = true));
    document.addEventListener("visibilitychange", () => document.hidden && this.unkept() && this.save(true));
  }

  unkept() {
    return !this.leaving && JSON.stringify(this.fields.values()) !== this.kept;
  }

  touch() {
    this.say(t("Not saved yet"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  say(text) {
    this.state.textContent = text;
  }

  async save(keepalive = false) {
    clearTimeout(this.timer);
    const text = JSON.stringify(this.fields.values());
    this.sequence = Math.max(this.sequence + 1, Date.now());
    const json = {sequence: this.sequence, answers: this.fields.values()};
    const answer = await send(this.form.dataset.urlSave, {method: "PUT", json, keepalive: keepalive && text.length < 60000}).catch(() => null);
    if (this.leaving) return;
    if (answer?.ok && !answer.redirected) {
      const saved = await answer.json();
      if (saved.stored) this.kept = text;
      this.say(saved.stored ? t("Saved for your eyes only") : t("A newer text of yours is kept, from another window"));
      return;
    }
    const problem = answer?.status === 422 ? await answer.json().catch(() => null) : null;
    this.say(problem?.detail ?? (answer?.status === 401 ? t("You are signed out: sign in in another tab. Your text stays here") : t("The server does not answer; your text stays on this page")));
    if (!problem) this.timer = setTimeout(() => this.save(), RETRY);
  }
}

class Sender {
  constructor(fields) {
    this.fields = fields;
    this.form = fields.form;
    this.state = this.form.querySelector("[data-draft-state]");
    this.sent = false;
    this.form.addEventListener("submit", (event) => this.submit(event));
  }

  touch() {}

  unkept() {
    return !this.sent && this.fields.all.some((area) => area.value !== area.defaultValue);
  }

  async submit(event) {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const answer = await send(this.form.action, {body: new FormData(this.form, event.submitter)}).catch(() => null);
    const page = answer ? await answer.text() : "";
    this.busy = false;
    if (answer?.ok && !answer.redirected) {
      this.sent = true;
      const main = new DOMParser().parseFromString(page, "text/html").querySelector("main");
      document.querySelector("main").replaceWith(main); // made by our server from templates that escape
      main.focus();
      return;
    }
    this.state.textContent = refusal(answer, page);
  }
}

function refusal(answer, page) {
  if (!answer) return t("The server does not answer. Nothing was sent, and your text stays on this page: try again.");
  const notice = new DOMParser().parseFromString(page, "text/html").querySelector(".notice-error li");
  return notice?.textContent ?? t("Nothing was sent. Your text stays on this page: load the review in another tab to see why.");
}

const form = document.querySelector("[data-answers]");
if (form) start(form);
