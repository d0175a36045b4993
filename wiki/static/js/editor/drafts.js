// Keeping the draft while one types: at once in this browser, after a pause on the server, and saying so.
import * as keep from "./keep.js";
import {send} from "./net.js";
import {ago, when} from "./text.js";
import {t} from "../words.js";

const PAUSE = 1500;
const RETRY = [4000, 8000, 15000, 30000];
const MOST_SENT = 40;

export class Drafts {
  constructor(editor, {state, url, restore, typed}) {
    this.editor = editor;
    this.state = state;
    this.url = url;
    this.sequence = Number(editor.form.dataset.sequence) || 0;
    this.saved = null; // the payload, as text, that the server has
    this.savedAt = 0;
    this.timer = 0;
    this.failures = 0;
    this.changed = false;
    this.parted = false; // another window or device has saved the draft: somebody has to decide
    this.stopped = false;
    this.running = null;
    // What came back from a refused form is on no server yet; what came from a draft or an entry is.
    this.posted = "posted" in editor.form.dataset;
    // The numbers of the saves that this text goes on from: the last that is known to be there, and those since then
    // that may have arrived. Null when that is not known.
    this.since = this.posted ? null : [this.sequence];
    this.first = this.posted || typed ? "" : JSON.stringify(editor.payload()); // `typed`: before this script was there
    this.restore = restore;
    keep.hold(editor.key);
    if (!this.posted) this.offer();
    if (this.posted || typed) this.touch();
    setInterval(() => this.changed || this.savedAt === 0 || this.failures || this.say(t("Saved %(when)s", {when: ago(this.savedAt)})), 5000);
    addEventListener("online", () => this.changed && this.save());
    addEventListener("offline", () => this.changed && this.say(t("Offline, kept on this device")));
    document.addEventListener("visibilitychange", () => document.hidden && this.changed && this.save(true));
    addEventListener("pagehide", () => this.changed && !this.stopped && this.save(true));
  }

  say(text) {
    if (this.state.textContent !== text) this.state.textContent = text;
  }

  // Something was typed.
  touch() {
    if (this.stopped) return;
    if (JSON.stringify(this.editor.payload()) === (this.saved ?? this.first)) return;
    this.changed = true;
    this.keepHere();
    this.say(t("Not saved yet"));
    clearTimeout(this.timer);
    if (!this.parted) this.timer = setTimeout(() => this.save(), this.failures ? this.delay() : PAUSE);
  }

  delay() {
    return RETRY[Math.min(this.failures, RETRY.length) - 1] ?? PAUSE;
  }

  keepHere() {
    const url = this.editor.form.dataset.urlNew || location.pathname;
    return keep.put(this.editor.key, {payload: this.editor.payload(), at: Date.now(), url, since: this.since ?? undefined, parted: this.parted || undefined});
  }

  next() {
    this.sequence = Math.max(this.sequence + 1, Date.now());
    if (this.since) this.since = [this.since[0], ...this.since.slice(1).slice(1 - MOST_SENT), this.sequence];
    const field = this.editor.form.elements.namedItem("sequence");
    if (field) field.value = this.sequence;
    return this.sequence;
  }

  // Save to the server; `leaving` when the page goes away. One at a time: what changes meanwhile is saved after.
  async save(leaving = false) {
    clearTimeout(this.timer);
    if (this.parted) return;
    if (this.stopped || (this.running && !leaving)) {
      this.again = true;
      return;
    }
    const expects = this.since ?? undefined;
    const payload = this.editor.payload();
    const text = JSON.stringify(payload);
    this.running = new AbortController();
    const sequence = this.next();
    this.keepHere(); // with this number: it may arrive without an answer coming back
    let answer = null;
    try {
      const keepalive = leaving && text.length < 60000;
      answer = await send(this.url, {method: "PUT", json: {sequence, expects, payload}, signal: this.running.signal, keepalive});
    } catch {
      answer = null;
    }
    this.running = null;
    if (this.stopped) return;
    await this.judge(answer, text);
    if (this.again) {
      this.again = false;
      this.touch();
    }
  }

  async judge(answer, text) {
    if (answer?.ok) {
      const kept = await answer.json();
      this.sequence = Math.max(this.sequence, kept.sequence);
      if (!kept.stored) return this.retry(t("Saving …"));
      this.done(kept, text);
    } else if (answer?.status === 409) {
      this.part(await answer.json());
    } else if (answer?.status === 401 || answer?.redirected) {
      this.retry(this.here(t("You are signed out. Sign in in another tab")));
    } else if (answer && answer.status < 500 && answer.status !== 429) {
      this.say(this.here(answer.status === 413 ? t("Too long for a draft on the server") : t("The server did not take this draft")));
    } else {
      this.retry(this.here(navigator.onLine ? t("The server does not answer") : t("Offline")));
    }
  }

  here(reason) {
    return this.keepHere() ? t("%(reason)s, kept on this device", {reason}) : t("%(reason)s, and this browser has no room: copy your text", {reason});
  }

  retry(text) {
    this.failures += 1;
    this.say(text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), this.delay());
  }

  done(kept, text) {
    this.failures = 0;
    this.since = [kept.sequence, ...(this.since ?? []).filter((number) => number > kept.sequence)];
    this.saved = text;
    this.savedAt = Date.now();
    if (JSON.stringify(this.editor.payload()) === text) {
      this.changed = false;
      keep.drop(this.editor.key);
      this.say(t("Saved just now"));
    }
    const address = this.editor.form.dataset.urlNew;
    if (address && !location.search.includes("draft=")) history.replaceState(history.state, "", address);
  }

  // The form is being published: no draft may be saved after it, and the copy here stays until it worked.
  stop() {
    this.next();
    this.keepHere();
    this.stopped = true;
    clearTimeout(this.timer);
    this.running?.abort();
  }

  // Once more at work: publishing was not carried out after all.
  resume() {
    this.stopped = false;
  }

  // A copy in this browser that the server does not have is offered once, and never overwritten unasked.
  offer() {
    const {key} = this.editor;
    const mine = keep.get(keep.aside(key)) ?? keep.get(key);
    const settle = () => keep.drop(keep.aside(key));
    if (!mine?.payload) return;
    keep.drop(key);
    if (JSON.stringify(mine.payload) === this.first || keep.same(mine.payload, this.editor.payload())) return settle();
    keep.put(keep.aside(key), mine);
    this.restore(t("This device keeps a draft from %(when)s that the server does not have.", {when: when(mine.at)}), mine.payload, [t("Continue with it"), t("Discard it")], settle);
  }

  // The server has another text by now, or none any more: nothing is overwritten before somebody says so.
  part({payload, sequence, saved_at: at}) {
    const decide = () => {
      this.parted = false;
      this.since = [payload ? sequence : 0];
      this.sequence = Math.max(this.sequence, sequence);
      this.changed = true;
      this.save();
    };
    if (payload && keep.same(payload, this.editor.payload())) return decide();
    this.parted = true;
    this.say(this.here(t("Changed elsewhere")));
    const words = payload ? t("Another window or device saved this draft, %(when)s. Nothing was overwritten.", {when: when(at)}) : t("This draft was published or discarded elsewhere. Your text is still here.");
    this.restore(words, payload, [payload ? t("Take that one") : "", payload ? t("Keep this one") : t("Keep it as a draft")], decide);
  }
}
