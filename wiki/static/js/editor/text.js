// What can be said of a text without knowing where it is shown (pure).

import {dateFormat, t} from "../words.js";

export const LONGEST_PASSAGE = 2000;
export const LONGEST_BODY = 20000;

// The paragraph around a position: from blank line to blank line, at most LONGEST_PASSAGE characters of it.
export function paragraphAt(text, position) {
  const before = text.slice(0, position);
  const from = Math.max(before.lastIndexOf("\n\n") + 2, before.lastIndexOf("\n\n") < 0 ? 0 : 2);
  const next = text.indexOf("\n\n", position);
  const to = next < 0 ? text.length : next;
  if (to - from <= LONGEST_PASSAGE) return text.slice(from, to).trim();
  const start = Math.max(from, position - LONGEST_PASSAGE / 2);
  return text.slice(start, start + LONGEST_PASSAGE).trim();
}

// At most LONGEST_BODY characters, those around the caret.
export function bounded(text, position) {
  if (text.length <= LONGEST_BODY) return text;
  const start = Math.min(Math.max(0, position - LONGEST_BODY / 2), text.length - LONGEST_BODY);
  return text.slice(start, start + LONGEST_BODY);
}

// The words somebody wrote: without headings and without the template's comments.
export function ownWords(text) {
  return text.replace(/<!--[\s\S]*?-->/g, " ").replace(/^ {0,3}#{1,6} .*$/gm, " ").trim();
}

export const countWords = (text) => ownWords(text).split(/\s+/).filter(Boolean).length;

// Sections joined to one text, as wiki/sections.py does it: `shape` is its list of [heading, before, after, present].
export function joined(shape, texts) {
  let out = "";
  shape.forEach(([heading, before, after, present], index) => {
    const text = texts[index].replace(/[ \t\n]+$/, "");
    const blank = text === "" || /^[ \t\n]*$/.test(text);
    if (!present && blank) return;
    if (heading) {
      if (out && !out.endsWith("\n\n")) out += out.endsWith("\n") ? (present ? "" : "\n") : "\n\n";
      out += heading;
    }
    if (blank) out += before + after;
    else out += (heading && !before.includes("\n") ? "\n\n" : before) + text + (present ? after : "\n");
  });
  return out;
}

export function ago(moment, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - moment) / 1000));
  if (seconds < 2) return t("just now");
  if (seconds < 60) return t("%(seconds)s s ago", {seconds});
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? t("%(minutes)s min ago", {minutes}) : t("at %(time)s", {time: clock(moment)});
}

export const clock = (moment) => dateFormat({hour: "2-digit", minute: "2-digit"}).format(new Date(moment));

export const when = (moment) => dateFormat({dateStyle: "medium", timeStyle: "short"}).format(new Date(moment));
