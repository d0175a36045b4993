// Drafts that only this browser has, because there was no line when they were written: they go to the server from any
// page once there is one. A draft that the server has a newer copy of is left to be decided on, in the editor.
import * as keep from "./editor/keep.js";
import {send} from "./editor/net.js";
import {toast} from "./toast.js";

const RESTED = 5000; // a copy younger than this may be of an editor that is open in another tab and saves it itself

async function deliver(draft) {
  const url = `/drafts/${encodeURIComponent(draft.key)}`;
  const known = await send(url, {method: "GET"});
  if (known.status !== 404 && !known.ok) return false;
  if (known.ok && new Date((await known.json()).saved_at) >= draft.at) return false;
  const answer = await send(url, {method: "PUT", json: {sequence: Date.now(), payload: draft.payload}});
  if (!answer.ok || !(await answer.json()).stored) return false;
  keep.drop(draft.key);
  return true;
}

export async function deliverAll() {
  let sent = 0;
  for (const draft of keep.all().filter((one) => one.payload && one.at < Date.now() - RESTED)) {
    if (await deliver(draft).catch(() => false)) sent += 1;
  }
  if (sent) toast(sent === 1 ? "A draft that was kept on this device is saved now." : `${sent} drafts that were kept on this device are saved now.`, {tone: "good"});
}
