// "Watch" without leaving the page: the link becomes a request, and a message that offers to take it back.
import {send} from "./editor/net.js";
import {toast} from "./toast.js";
import {t} from "./words.js";

async function tell(subject, stop) {
  const body = new FormData();
  body.set("subject", subject);
  if (stop) body.set("stop", "1");
  const answer = await send("/watch", {body});
  const {message, detail} = await answer.json();
  return [answer.ok, message ?? detail];
}

async function watch(link) {
  const subject = link.dataset.watch;
  const [done, words] = await tell(subject, false);
  const back = async () => toast((await tell(subject, true))[1]);
  toast(words, {tone: done ? "good" : "error", action: done ? [t("Stop watching"), back] : null});
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-watch]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  watch(link).catch(() => location.assign(link.href));
});
