// Reviews corrections: shows twenty of a state, and sends what the reviewer decides.

import { bearer } from "../draw/service.js";

const byId = (id) => document.getElementById(id);
const feedback = document.querySelector("main").dataset.feedback;
const AT_ONCE = 20;
const LISTS = { pending: "Nothing waits.", quarantined: "Nothing is suspicious." };
let token = "";

async function call(address, options = {}) {
  const headers = { ...bearer(token), ...options.headers };
  const response = await fetch(address, { ...options, headers });
  const document = await response.json();
  if (!response.ok) throw new Error(`${document.title}: ${document.detail}`);
  return document;
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function card(correction) {
  const item = element("li", "");
  item.tabIndex = 0;
  item.dataset.id = correction.id;
  item.dataset.label = correction.label;
  const picture = element("img", "", "digit");
  picture.src = correction.image;
  picture.alt = `the pixels of correction ${correction.id}`;
  const answered = `answered ${correction.predicted}, ${Math.round(100 * correction.confidence)} % sure`;
  const panel = `versions think it ${correction.panel.toPrecision(2)} likely`;
  const buttons = element("div", "", "controls");
  const accept = element("button", "Accept");
  accept.addEventListener("click", () => decide(item, "accept"));
  const reject = element("button", "Reject");
  reject.addEventListener("click", () => decide(item, "reject"));
  buttons.append(accept, reject);
  const said = correction.label === "none" ? "no digit" : `a ${correction.label}`;
  item.append(picture, element("p", `They say: ${said}`, "claim"));
  item.append(element("p", [answered, panel, correction.reason].filter(Boolean).join(" · "), "facts"), buttons);
  return item;
}

async function show(state) {
  const { corrections } = await call(`${feedback}?state=${state}&limit=${AT_ONCE}`);
  const list = byId(state);
  list.replaceChildren(...corrections.map(card));
  if (corrections.length) delete list.dataset.empty;
  else list.dataset.empty = LISTS[state];
}

function focusFirst() {
  if (document.activeElement.closest(".pictures")) return; // the reviewer is there already
  document.querySelector(".pictures li")?.focus();
}

async function open() {
  for (const state of Object.keys(LISTS)) await show(state);
  byId("review").hidden = false;
  focusFirst();
}

async function decide(item, decision, label) {
  if (item.ariaBusy) return; // a key that is held down decides once
  item.ariaBusy = "true";
  await guarded(async () => {
    const body = new URLSearchParams(label === undefined ? {} : { label });
    const decided = await call(`${feedback}/${item.dataset.id}/${decision}`, { method: "POST", body });
    byId("state").textContent = `Correction ${decided.id}: ${decided.state}${decision === "accept" ? ` as ${decided.label}` : ""}.`;
    const list = item.parentElement;
    const next = item.nextElementSibling || item.previousElementSibling;
    item.remove();
    if (next) next.focus();
    else if (!list.children.length) {
      await show(list.id); // this list only: in the other one, decisions may be under way
      focusFirst();
    }
  });
  item.ariaBusy = null;
}

async function guarded(action) {
  byId("fault").hidden = true;
  try {
    await action();
  } catch (error) {
    byId("fault").textContent = error.message;
    byId("fault").hidden = false;
  }
}

function pressed(event) {
  const item = event.target.closest(".pictures li");
  if (!item || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("button") && event.key === "Enter") return; // the button's own
  if (/^[0-9]$/.test(event.key)) decide(item, "accept", event.key);
  else if (event.key === "n") decide(item, "accept", "none");
  else if (event.key === "Enter") decide(item, "accept");
  else if (event.key === "x") decide(item, "reject");
  else if (event.key === "ArrowRight") item.nextElementSibling?.focus();
  else if (event.key === "ArrowLeft") item.previousElementSibling?.focus();
  else return;
  event.preventDefault();
}

byId("open")?.addEventListener("submit", (event) => {
  event.preventDefault();
  token = byId("token").value;
  guarded(open);
});
byId("review")?.addEventListener("keydown", pressed);
