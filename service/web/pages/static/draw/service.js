// One question to the service, and what may come instead of an answer.

// kind: the anchor of a problem's type ("no-digit", see /docs), or "offline", "foreign".
export class Fault extends Error {
  constructor(kind, detail, waitSeconds = 0) {
    super(detail);
    this.kind = kind;
    this.waitSeconds = waitSeconds;
  }
}

// The key is kept here, in memory, and nowhere else.
let key = "";

export function useKey(text) {
  key = text;
}

// What says who asks: a key or a token, as it was typed; nothing for nothing.
export function bearer(text) {
  const typed = text.trim();
  return typed ? { Authorization: `Bearer ${typed}` } : {};
}

// Return {answer, isLimited, milliseconds}. Raises Fault; AbortError if it is taken back.
export async function call(address, options = {}) {
  const headers = { ...bearer(key), ...options.headers };
  const began = performance.now();
  let response;
  try {
    response = await fetch(address, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault("offline", error.message);
  }
  const answer = await json(response);
  const milliseconds = performance.now() - began;
  if (!response.ok) throw problem(response, answer);
  return { answer, isLimited: response.headers.has("RateLimit"), milliseconds };
}

// null for what is not JSON, as a proxy's page.
async function json(response) {
  if (response.status === 204) return {};
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    if (response.ok) throw new Fault("foreign", "the answer is not the service's");
    return null;
  }
}

function problem(response, answer) {
  const wait = Number(response.headers.get("Retry-After")) || 0;
  const kind = answer?.type?.split("#problem-")[1];
  return kind ? new Fault(kind, answer.detail, wait) : new Fault("foreign", `status ${response.status}`, wait);
}
