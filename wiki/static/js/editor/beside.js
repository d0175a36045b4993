// A published entry read beside the draft, which stays as it is and can be written on.
import {send} from "./net.js";

export class Beside {
  constructor(dialog, cite) {
    this.dialog = dialog;
    this.cite = cite;
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-beside-close]")) this.close();
      const button = event.target.closest("[data-beside-cite]");
      if (button) this.cite(button);
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    dialog.addEventListener("close", () => this.opener?.focus({preventScroll: true}));
  }

  async open(url, card, opener) {
    this.opener = opener;
    let answer = null;
    try {
      answer = await send(url, {method: "GET"});
    } catch {
      answer = null;
    }
    if (!answer?.ok) {
      window.open(opener.href, "_blank", "noopener");
      return;
    }
    this.dialog.innerHTML = await answer.text();
    if (!this.dialog.open) {
      if (matchMedia("(max-width: 62rem)").matches) this.dialog.showModal();
      else this.dialog.show();
    }
    this.dialog.scrollTop = 0;
    this.dialog.querySelector("#ui-beside-title")?.focus({preventScroll: true});
  }

  close() {
    this.dialog.close();
  }
}
