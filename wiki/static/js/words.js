// What scripts say, in the reader's language. English stands in the sources; other languages come with a script of texts
// that base.html puts before all others (`wiki/translations`). Every text that people see goes through `t` or `tn`:
// catalogs are made of what stands there.

const {texts = {}, plural = (count) => Number(count !== 1)} = globalThis.hindsightTexts ?? {};

const filled = (pattern, values) => pattern.replace(/%\((\w+)\)s/g, (hole, name) => String(values[name] ?? hole));

// A text; `values` fill its %(name)s.
export const t = (text, values = {}) => filled(texts[text] ?? text, values);

// A text for a number, which fills %(count)s.
export const tn = (one, many, count, values = {}) =>
  filled(texts[one]?.[plural(count)] ?? (count === 1 ? one : many), {count, ...values});

export const language = document.documentElement.lang || "en";

// How this reader's dates are written, in the time zone of their account where that names one.
export function dateFormat(options) {
  const zone = document.documentElement.dataset.zone || undefined;
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {timeZone: zone, ...options});
}
