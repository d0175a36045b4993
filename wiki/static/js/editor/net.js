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
