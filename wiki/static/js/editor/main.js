// The editor, alive: keeps the draft, follows it with related past experiences, previews, takes pictures. Every part
// adds to a form that works without it, and a part that fails leaves the form as it is.
import {Beside} from "./beside.js";
import {Drafts} from "./drafts.js";
import {EditorForm} from "./form.js";
import {forgetPublished} from "./keep.js";
import {Modes} from "./modes.js";
import {send} from "./net.js";
import {Pastes} from "./paste.js";
import {Pictures} from "./pictures.js";
import {Preview} from "./preview.js";
import {phrases} from "./phrases.js";
import {Recurrences} from "./recurrences.js";
import {insertCitation, RelatedPanel} from "./related.js";
import {plainSurface, Surfaces} from "./surfaces.js";
import {countWords} from "./text.js";
import {Uploads} from "./uploads.js";
import {t, tn} from "../words.js";

forgetPublished();
const form = document.querySelector("[data-editor]");
if (form) start(form);

// Whether somebody has written into the form already: on a slow line it is there before its scripts.
function writtenInto(form) {
  return [...form.elements].some((field) => ["text", "textarea", "date"].includes(field.type) && field.value !== field.defaultValue);
}

function start(form) {
  const typed = writtenInto(form);
  const surfaces = new Surfaces(form, plainSurface);
  const editor = new EditorForm(form, surfaces);
  const state = form.querySelector("[data-draft-state]");
  const words = form.querySelector("[data-words]");
  const publish = () => form.requestSubmit(form.querySelector("[data-publish]"));
  let panel = null;
  let drafts = null;
  const changed = () => {
    drafts?.touch();
    panel?.touch();
    const number = countWords(editor.body());
    words.textContent = tn("%(count)s word", "%(count)s words", number);
  };
  const recurrences = new Recurrences(form.querySelector("[data-recurrences]"), changed);
  const modes = new Modes(form, surfaces, changed);
  const beside = new Beside(document.querySelector("[data-beside]"), (button) => {
    insertCitation(surfaces.current(), button.dataset.citation);
    button.textContent = t("Cited");
  });
  const {urlRelated: related, urlVerdict: verdict} = form.dataset;
  panel = new RelatedPanel(document.querySelector(".related-panel"), editor, {urls: {related, verdict}, surfaces, recurrences, beside});
  drafts = new Drafts(editor, {state, url: form.dataset.urlDraft, typed, restore: (...what) => offer(form, {editor, modes, recurrences, changed}, ...what)});
  new Preview(editor, form.querySelector("[data-preview]"), form.querySelector("[data-writing]"), form.dataset.urlPreview);
  new Pastes(form, surfaces);
  new Pictures(form, surfaces, new Uploads(document.querySelector("[data-uploads]"), document.querySelector("[data-uploads-said]")));
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("keydown", (event) => keys(event, publish, surfaces));
  form.addEventListener("submit", (event) => leaving(event, drafts));
  addEventListener("pageshow", (event) => event.persisted && drafts.resume());
  form.querySelector("[data-save-draft]").addEventListener("click", (event) => {
    event.preventDefault();
    drafts.changed = true;
    drafts.save();
  });
  changed();
  rich(form, surfaces, publish);
}

// Enter in a one-line field goes on to the text instead of sending the form; Ctrl or Cmd with Enter publishes.
function keys(event, publish, surfaces) {
  if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    publish();
  } else if (event.target.matches("input[type=text]")) {
    event.preventDefault();
    if (event.target.name === "title") surfaces.all[0]?.focus();
  }
}

function leaving(event, drafts) {
  const action = event.submitter?.value ?? "publish";
  if (action === "publish") drafts.stop();
}

// CodeMirror, where its bundle was built; until it is here, or when it does not come, the textarea serves.
async function rich(form, surfaces, publish) {
  if (!form.dataset.bundle) return;
  let bundle;
  try {
    bundle = await import(form.dataset.bundle);
  } catch {
    return;
  }
  const suggest = async (text, of = "entry") => {
    try {
      const answer = await send(`${form.dataset.urlSuggest}?of=${of}&q=${encodeURIComponent(text)}`, {method: "GET"});
      return answer.ok ? (await answer.json()).items : [];
    } catch {
      return [];
    }
  };
  surfaces.use((textarea) => bundle.mount(textarea, {nonce: form.dataset.nonce, suggest, publish, phrases}));
}

// Offer another text for the one that is here; nothing is replaced before somebody says so. `labels` are for taking it
// (none where there is nothing to take) and for leaving it.
function offer(form, {editor, modes, recurrences, changed}, words, payload, labels, decided) {
  const notice = Object.assign(document.createElement("div"), {className: "notice notice-info draft-notice"});
  const button = (label, tone) => Object.assign(document.createElement("button"), {type: "button", className: `button button-small${tone}`, textContent: label});
  const [use, away] = [button(labels[0], ""), button(labels[1], labels[0] && " button-quiet")];
  use.addEventListener("click", async () => {
    for (const name of ["title", "tags", "team", "date", "message"]) {
      const field = form.elements.namedItem(name);
      if (field && typeof payload[name] === "string") field.value = payload[name];
    }
    form.elements.namedItem("base_revision").value = payload.base_revision ?? "";
    form.elements.namedItem("draft_base").value = "";
    recurrences.set(payload.recurrence_of ?? []);
    const fields = new FormData(form);
    for (const name of [...fields.keys()]) if (name === "shape" || name.startsWith("section-")) fields.delete(name);
    fields.set("body", payload.body ?? "");
    if (await modes.go(`mode ${payload.mode || editor.value("mode")}`, null, fields)) {
      notice.remove();
      decided();
    }
    changed();
  });
  away.addEventListener("click", () => {
    notice.remove();
    decided();
    changed();
  });
  notice.setAttribute("role", "status");
  notice.append(Object.assign(document.createElement("p"), {textContent: words}), ...(labels[0] ? [use, " "] : []), away);
  form.before(notice);
}
