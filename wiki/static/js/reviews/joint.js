// The joint text, kept as it is typed and merged with what others write. Where two write the same lines nothing is
// overwritten: saving with the button shows both texts.
import {send} from "../editor/net.js";
import {Fields, guard, panelOf} from "./fields.js";
import {t} from "../words.js";

const PAUSE = 1500;
const RETRY = 6000;

const zone = document.querySelector("[data-zone][data-fresh]");
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

function start(form) {
  const fields = new Fields(form);
  const keeper = new Keeper(fields);
  const recurrences = {add: (id) => send(form.dataset.urlRecur, {body: new URLSearchParams({add: id})})};
  const panel = panelOf(fields, recurrences);
  form.addEventListener("input", () => {
    keeper.touch();
    panel?.touch();
  });
  guard(() => keeper.unkept());
  if (keeper.unkept()) keeper.touch();
  panel?.touch();
  // Every other form of the page leads away from it: what is typed is kept first.
  for (const other of document.querySelectorAll("main form")) {
    if (other !== form) other.addEventListener("submit", (event) => keeper.before(event));
  }
}

class Keeper {
  constructor(fields) {
    this.fields = fields;
    this.form = fields.form;
    this.state = this.form.querySelector("[data-draft-state]");
    this.base = Number(this.form.elements.namedItem("base").value);
    this.kept = "posted" in this.form.dataset ? {} : fields.given();
    this.met = "posted" in this.form.dataset;
    this.leaving = false;
    this.form.addEventListener("submit", (event) => this.leave(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.unkept() && this.save());
  }

  unkept() {
    return !this.leaving && Object.entries(this.fields.values()).some(([key, text]) => text !== (this.kept[key] ?? ""));
  }

  touch() {
    if (this.met) return;
    this.state.textContent = t("Not saved yet");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // The form brings all that is typed. What is on its way already is waited for: sent once more on top of the same
  // version, the same lines would meet themselves.
  async leave(event) {
    clearTimeout(this.timer);
    if (!this.running) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    const {submitter} = event;
    while (this.running) await this.running;
    this.form.requestSubmit(submitter);
  }

  async before(event) {
    if (!this.unkept() || this.met) return;
    event.preventDefault();
    const {target, submitter} = event;
    if (await this.save()) {
      this.leaving = true;
      target.requestSubmit(submitter);
    }
  }

  // Whether what was typed is kept now.
  async save() {
    clearTimeout(this.timer);
    if (this.met) return false;
    if (this.running) {
      await this.running;
      return this.unkept() ? this.save() : true;
    }
    this.running = this.put(this.fields.values()).finally(() => (this.running = null));
    return this.running;
  }

  async put(sent) {
    const answer = await send(this.form.dataset.urlSave, {method: "PUT", json: {base: this.base, parts: sent}}).catch(() => null);
    if (answer?.ok && !answer.redirected) return this.take(await answer.json(), sent);
    return this.trouble(answer);
  }

  // What stands there now: fields that nobody touched meanwhile show it, others keep what is being typed.
  take({revision, merged, yours, parts}, sent) {
    if (merged && this.fields.all.some((area) => area.value !== sent[area.dataset.field])) {
      this.rebase(yours, sent); // somebody types on: the next save joins that with what others wrote
      this.touch();
      return false;
    }
    for (const area of this.fields.all) {
      const text = parts[area.dataset.field] ?? "";
      if (area.value === sent[area.dataset.field] && area.value !== text) replaceKeepingCaret(area, text);
    }
    this.rebase(revision, parts);
    this.state.textContent = merged ? t("Saved, together with what somebody else wrote") : t("Saved");
    return true;
  }

  rebase(revision, parts) {
    this.base = revision;
    this.form.elements.namedItem("base").value = revision;
    this.kept = {...parts};
  }

  async trouble(answer) {
    const told = await answer?.json().catch(() => null);
    if (answer?.status === 409 || answer?.status === 422) {
      this.met = answer.status === 409;
      this.state.textContent = this.met ? t("Somebody else wrote the same lines. Save with the button to see both texts") : told?.detail ?? t("Not saved");
    } else {
      this.state.textContent = answer?.status === 401 ? t("You are signed out: sign in in another tab. Your text stays here") : t("The server does not answer; your text stays on this page");
      this.timer = setTimeout(() => this.save(), RETRY);
    }
    return false;
  }
}

function replaceKeepingCaret(area, text) {
  const {selectionStart: start, selectionEnd: end} = area;
  area.value = text;
  if (document.activeElement === area) area.setSelectionRange(Math.min(start, text.length), Math.min(end, text.length));
}

const form = document.querySelector("[data-joint]");
if (form) start(form);
