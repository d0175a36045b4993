// Requests to our own server: the protection token goes along, and a token that became old is replaced once.

const meta = () => document.querySelector('meta[name="csrf-token"]');

export const token = () => meta()?.content ?? "";

export function renewToken(value) {
  if (meta()) meta().content = value;
  for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.value = value;
}

// fetch() with the token; `json` is sent as JSON, else `body` as it is. Rejects only when there is no answer at all.
export async function send(url, {method = "POST", json, body, signal, keepalive, again = true} = {}) {
  const headers = {"X-CSRFToken": token(), Accept: "application/json, text/html;q=0.5"};
  if (json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(json);
  }
  const answer = await fetch(url, {method, headers, body, signal, keepalive, credentials: "same-origin"});
  if (answer.status === 400 && again) {
    const problem = await answer.clone().json().catch(() => null);
    if (problem?.csrf_token) {
      renewToken(problem.csrf_token);
      return send(url, {method, body: json === undefined ? body : undefined, json, signal, keepalive, again: false});
    }
  }
  return answer;
}

// A form with files in it, sent so that one sees it go: `progress(part)` from 0 to 1, `signal` stops it. Gives status and
// answer (null where it is no JSON); rejects when there is no answer at all or it was stopped (AbortError).
export function upload(url, body, {progress, signal, again = true}) {
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("load", () => resolve({status: request.status, answer: request.response}));
    request.addEventListener("error", () => reject(new TypeError("no answer")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), {once: true});
    request.send(body);
  }).then((found) => {
    if (found.status !== 400 || !again || !found.answer?.csrf_token) return found;
    renewToken(found.answer.csrf_token);
    return upload(url, body, {progress, signal, again: false});
  });
}
