// Drafts that only this browser has, because there was no line when they were written: they go to the server from any
// page once there is one. A draft that was changed elsewhere meanwhile is left to be decided on, in the editor.
import * as keep from "./editor/keep.js";
import {send} from "./editor/net.js";
import {toast} from "./toast.js";
import {t, tn} from "./words.js";

// "sent", "parted" (the server's is another by now), or "" (no answer yet, or a refusal that the editor explains).
async function deliver(draft) {
  const since = draft.since ?? [0];
  const sequence = Math.max(Date.now(), ...since.map((number) => number + 1));
  const {key, ...record} = draft;
  keep.put(key, {...record, since: [...since, sequence]}); // it may arrive without an answer coming back
  const answer = await send(`/drafts/${encodeURIComponent(key)}`, {method: "PUT", json: {sequence, expects: since, payload: draft.payload}});
  if (answer.redirected || !(answer.ok || answer.status === 409)) return "";
  const theirs = await answer.json();
  if (answer.status === 409 && !(theirs.payload && keep.same(theirs.payload, draft.payload))) return "parted";
  if (answer.ok && !theirs.stored) return "";
  keep.drop(key);
  return "sent";
}

export async function deliverAll() {
  keep.forgetPublished();
  let sent = 0;
  for (const draft of keep.waiting().filter((one) => !one.parted)) {
    const outcome = await Promise.resolve(keep.unheld(draft, () => deliver(draft))).catch(() => "");
    if (outcome === "sent") sent += 1;
    else if (outcome === "parted") parted(draft);
  }
  if (!sent) return;
  if (document.querySelector("[data-local-drafts]")) location.reload();
  else toast(tn("Sent: a draft that was kept on this device.", "Sent: %(count)s drafts that were kept on this device.", sent), {tone: "good", action: [t("My drafts"), () => location.assign("/drafts")]});
}

// Told once; it stays in the list of drafts.
function parted(draft) {
  const {key, ...record} = draft;
  keep.put(key, {...record, parted: true});
  toast(t("“%(title)s” was changed elsewhere while there was no line. Your copy is kept on this device.", {title: draft.payload.title || t("Untitled")}), {tone: "warn", stay: 20000, action: [t("Decide"), () => location.assign(draft.url)]});
}
