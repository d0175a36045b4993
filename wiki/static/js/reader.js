// Whose this browser is just now. What it keeps by itself (drafts that wait for a line, what was read last) is of one
// account, and nobody else is shown it.

const NAME = "hindsight:reader";
const WRITES = "hindsight:writes";
const READ = "hindsight:read";
const named = document.querySelector('meta[name="reader"]');

function remembered(name = NAME) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return ""; // not allowed here
  }
}

// The account, or "". The page without a line is made for nobody, so there it is who was here last.
export const reader = named ? named.content : remembered();

// Whether that account may write: who may only read has no drafts to send.
export const writes = named ? named.hasAttribute("data-writes") : remembered(WRITES) === "1";

// On every page: what another reader has read goes.
export function arrive() {
  if (!named || (reader === remembered() && writes === (remembered(WRITES) === "1"))) return;
  try {
    if (reader !== remembered()) localStorage.removeItem(READ);
    set(NAME, reader);
    set(WRITES, writes ? "1" : "");
  } catch {
    // nothing is kept where storage is not allowed
  }
}

function set(name, value) {
  if (value) localStorage.setItem(name, value);
  else localStorage.removeItem(name);
}
