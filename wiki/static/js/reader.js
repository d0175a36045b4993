// Whose this browser is just now. What it keeps by itself (drafts that wait for a line, what was read last) is of one
// account, and nobody else is shown it.

const NAME = "hindsight:reader";
const READ = "hindsight:read";
const named = document.querySelector('meta[name="reader"]');

function remembered() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return ""; // not allowed here
  }
}

// The account, or "". The page without a line is made for nobody, so there it is who was here last.
export const reader = named ? named.content : remembered();

// On every page: what another reader has read goes.
export function arrive() {
  if (!named || reader === remembered()) return;
  try {
    localStorage.removeItem(READ);
    if (reader) localStorage.setItem(NAME, reader);
    else localStorage.removeItem(NAME);
  } catch {
    // nothing is kept where storage is not allowed
  }
}
