// A file attached at the foot of an entry is seen on its way, can be stopped and sent again, and then stands in the list.
import {Uploads} from "../editor/uploads.js";
import {t} from "../words.js";

export function attachable(form) {
  const uploads = new Uploads(document.querySelector("[data-uploads]"), document.querySelector("[data-uploads-said]"));
  const field = form.elements.file;

  async function attach(file) {
    if (!uploads.fits(file, file.name, Number(form.dataset.largest))) return;
    const answer = await uploads.send(file, file.name, {
      url: form.action,
      taken: t("%(name)s is attached.", {name: file.name}),
      again: () => attach(file),
      stopped: () => field.focus(),
    });
    // The page anew, with the file where it belongs and whatever else its coming changed.
    if (!answer || uploads.running.size) return;
    location.hash = "ui-attach";
    location.reload();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.files.length) attach(field.files[0]);
    form.reset();
  });
}
