// The entries that were read last in this browser, for the palette. They go when somebody signs out.

const NAME = "hindsight:read";
const MOST = 12;

export function recent() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? [];
  } catch {
    return []; // not allowed here, or not ours
  }
}

export function remember(label, url) {
  const others = recent().filter((item) => item.url !== url);
  try {
    localStorage.setItem(NAME, JSON.stringify([{label, detail: "", url}, ...others].slice(0, MOST)));
  } catch {
    // nothing is kept where storage is not allowed
  }
}
