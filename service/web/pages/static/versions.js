// Pins, unpins, and shows what came of it; the token is kept in memory only.

import { bearer, call } from "./draw/service.js";

const byId = (id) => document.getElementById(id);

const headers = () => bearer(byId("token").value);

async function decide(address) {
  if (!headers().Authorization) {
    byId("versions-state").textContent = "Type the admin token first.";
    byId("token").focus();
    return;
  }
  let answer;
  try {
    ({ answer } = await call(address, { method: "POST", headers: headers() }));
  } catch (fault) {
    byId("versions-state").textContent = `Nothing was changed: ${fault.message}.`;
    return;
  }
  const what = answer.pinned === null ? "Nothing is pinned" : `Version ${answer.pinned} is pinned`;
  const within = answer.everywhere_within_seconds;
  byId("versions-state").textContent =
    `${what}; version ${answer.served} is served here now, everywhere within ${within} s.`;
  await refresh();
}

// The page itself stays, for it holds the token; with it the log names who chose what.
async function refresh() {
  let fresh = null;
  try {
    const response = await fetch(location.href, { headers: headers() });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    fresh = response.ok && page.getElementById("versions");
  } catch {
    // Offline: told below, as any other page in its place.
  }
  if (fresh) byId("versions").replaceWith(fresh);
  else byId("versions-state").textContent += " What is shown may be old: the page could not be loaded.";
}

byId("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  refresh();
});
byId("main").addEventListener("click", (event) => {
  const button = event.target.closest("[data-pin], [data-unpin]");
  if (button) decide(button.dataset.pin ?? button.dataset.unpin);
});
