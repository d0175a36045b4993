// Guided fields or free text, on one text. The server cuts and joins, exactly as it does without scripts; here the
// answer's fields only take the place of the present ones, so that nothing else on the page is lost.

export class Modes {
  constructor(form, surfaces, changed) {
    this.form = form;
    this.surfaces = surfaces;
    this.changed = changed;
    for (const button of form.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        if (button.getAttribute("aria-pressed") !== "true") this.go(`mode ${button.dataset.mode}`, button);
      });
    }
    form.elements.namedItem("kind")?.addEventListener("change", () => this.go("kind"));
  }

  // Ask the server for the fields of this form after `action`; `fields` replace what the form says.
  async go(action, button = null, fields = null) {
    const body = fields ?? new FormData(this.form);
    body.set("action", action);
    let page = null;
    try {
      const answer = await fetch(this.form.getAttribute("action"), {method: "POST", body, credentials: "same-origin"});
      page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    } catch {
      page = null;
    }
    const fresh = page?.querySelector("[data-writing]");
    if (!fresh) {
      if (button) this.form.requestSubmit(button); // the whole page comes back, with the text in it
      return false;
    }
    this.form.querySelector("[data-writing]").replaceChildren(...fresh.childNodes);
    this.form.elements.namedItem("mode").value = page.querySelector('[name="mode"]').value;
    for (const b of this.form.querySelectorAll("[data-mode]")) {
      b.setAttribute("aria-pressed", page.querySelector(`[data-mode="${b.dataset.mode}"]`)?.getAttribute("aria-pressed") ?? "false");
    }
    this.surfaces.take();
    this.changed();
    return true;
  }
}
