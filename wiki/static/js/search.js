// The search page: a filter is used as soon as it is chosen, the place is kept, filters stand open where there is room.

const form = document.querySelector("form.search");
const fold = document.querySelector("[data-open-when-wide]");

if (fold && matchMedia("(min-width: 60.01rem)").matches) fold.open = true;

if (form) {
  form.querySelector(".facets-apply")?.setAttribute("hidden", "");
  form.addEventListener("change", (event) => {
    if (event.target.matches("input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
  // What is empty or the default stays out of the address, so that a shared link is short.
  form.addEventListener("submit", () => {
    const hybrid = form.querySelector("input[name=mode][value=hybrid]");
    if (hybrid?.checked) hybrid.disabled = true;
    addEventListener("pageshow", () => hybrid && (hybrid.disabled = false), {once: true});
  });
}

// Down from the field goes to the results, and on through them; Up comes back.
document.addEventListener("keydown", (event) => {
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const stops = [document.getElementById("ui-q"), ...document.querySelectorAll(".result-title a")];
  const at = stops.indexOf(document.activeElement);
  const next = at < 0 ? null : stops[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
