// Drafts kept in this browser: for when the server cannot be reached, and for the moment before it answers.
// A copy goes as soon as the server has the same text; what is left here is what the server does not have.

const PREFIX = "hindsight:draft:";
const COOKIE = "published_drafts";

export function put(key, record) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(record));
    return true;
  } catch {
    return false; // full, or not allowed: the caller says so
  }
}

export function get(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

export function drop(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // nothing is kept where storage is not allowed
  }
}

export function all() {
  const found = [];
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (name.startsWith(PREFIX)) found.push({key: name.slice(PREFIX.length), ...get(name.slice(PREFIX.length))});
    }
  } catch {
    return [];
  }
  return found.sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

// The server names in a cookie what was published, so that its copies here can go.
export function forgetPublished() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  if (!cookie) return;
  const text = decodeURIComponent(cookie.slice(COOKIE.length + 1)).replaceAll('"', "");
  for (const key of text.split("|")) drop(key);
  document.cookie = `${COOKIE}=; path=/; max-age=0; samesite=lax`;
}
