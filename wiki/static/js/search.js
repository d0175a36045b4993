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
