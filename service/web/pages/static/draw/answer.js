// Shows an answer where its place is kept, so that nothing moves.

import { joules, numberSentence, sentence } from "./words.js";

const byId = (id) => document.getElementById(id);
const HALF = 0.5; // below, a half-drawn digit does not change the digit that is shown
const rows = [...byId("outputs").children];

export function showDigit(answer, isDraft) {
  const label = byId("label");
  const doubtful = isDraft && answer.confidence < HALF && label.textContent !== "";
  if (!doubtful) label.textContent = answer.label;
  label.classList.toggle("draft", isDraft);
  label.classList.remove("long");
  byId("sentence").textContent = isDraft ? `${sentence(answer)}, so far` : sentence(answer);
  showOutputs(answer);
  showWarnings(answer.warnings ?? []);
  showPicture("seen", answer.input);
  if (answer.explanation) showWhy(answer);
  setStale(isDraft);
}

export function showNumber(answer) {
  const label = byId("label");
  label.textContent = answer.text;
  label.classList.remove("draft");
  label.classList.add("long");
  byId("sentence").textContent = numberSentence(answer);
  showWarnings(answer.warnings ?? []);
  hideWhy();
}

export function showOutputs({ outputs, label }) {
  rows.forEach((row, digit) => {
    const value = outputs ? outputs[digit] : 0;
    row.dataset.value = outputs ? String(value) : "";
    row.classList.toggle("best", outputs !== null && digit === label);
    row.querySelector(".filled").setAttribute("width", String(100 * Math.min(Math.max(value, 0), 1)));
    row.querySelector(".value").textContent = outputs ? value.toFixed(3) : "";
  });
}

export function showPicture(id, url) {
  const picture = byId(id);
  picture.hidden = !url;
  if (url) picture.src = url;
  else picture.removeAttribute("src");
}

export function showWhy({ explanation, explanation_text: text }) {
  showPicture("why", explanation);
  byId("why-words").textContent = text;
}

// An explanation of an older drawing is dimmed until the next one comes.
export function setStale(isStale) {
  for (const id of ["why", "why-words"]) byId(id).classList.toggle("stale", isStale);
}

function showWarnings(warnings) {
  byId("warnings").replaceChildren(
    ...warnings.map((warning) => {
      const item = document.createElement("li");
      item.textContent = warning;
      return item;
    }),
  );
}

// The cost of this answer, and of all answers to this drawing.
export function showDetail({ model, energy }, milliseconds, sum) {
  const parts = [`version ${model.version}`, `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`];
  if (energy) parts.push(`${joules(energy.joules)} (${energy.source})`);
  const answers = sum.answers === 1 ? "1 answer" : `${sum.answers} answers`;
  const spent = energy ? `, ${joules(sum.joules)} (${energy.source})` : "";
  parts.push(`this drawing: ${answers}${spent}`);
  byId("detail").textContent = parts.join(" · ");
}

export function showNothing(prompt) {
  byId("label").textContent = "";
  byId("sentence").textContent = prompt;
  byId("detail").textContent = "";
  showOutputs({ outputs: null, label: null });
  showWarnings([]);
  showPicture("seen", null);
  hideWhy();
}

function hideWhy() {
  showWhy({ explanation: null, explanation_text: "" });
}
