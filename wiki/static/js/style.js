// The page of the design: its buttons show what only a script can show.
import {toast} from "./toast.js";

for (const button of document.querySelectorAll("[data-toast]")) {
  button.addEventListener("click", () => toast(button.dataset.toastText, {tone: button.dataset.toast}));
}
