// A message over the page that says what happened and goes again by itself. It stays while the pointer or the focus is
// on it, and whoever does not see it hears it: their place in base.html is a polite live region.

import {t} from "./words.js";

const STAY = 6000;

function away() {
  const button = Object.assign(document.createElement("button"), {type: "button", className: "icon-button", textContent: "×"});
  button.setAttribute("aria-label", t("Dismiss"));
  return button;
}

// tone: "info", "good", "warn" or "error". `action` is [label, function]. Gives a function that takes it away.
export function toast(text, {tone = "info", action = null, stay = STAY} = {}) {
  const element = Object.assign(document.createElement("div"), {className: `toast toast-${tone}`});
  element.append(Object.assign(document.createElement("p"), {textContent: text}));
  const close = () => element.remove();
  if (action) {
    const [label, act] = action;
    const button = Object.assign(document.createElement("button"), {type: "button", className: "button button-small", textContent: label});
    button.addEventListener("click", () => (close(), act()));
    element.append(button);
  }
  const button = away();
  button.addEventListener("click", close);
  element.append(button);
  document.querySelector(".toasts").append(element);
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (element.matches(":hover, :focus-within") ? wait() : close()), stay);
  };
  wait();
  return close;
}
