// Sends the chosen picture to /predict and shows the answer without leaving the page.
const byId = (id) => document.getElementById(id);

function outputRow(value, digit) {
  const row = document.createElement("li");
  const bar = document.createElement("span");
  bar.style.width = `${Math.round(100 * Math.min(Math.max(value, 0), 1))}%`;
  const track = document.createElement("span");
  track.className = "bar";
  track.append(bar);
  const number = document.createElement("span");
  number.className = "value";
  number.textContent = value.toFixed(3);
  row.append(String(digit), track, number);
  return row;
}

function showAnswer(answer) {
  byId("label").textContent = answer.label;
  byId("seen").src = answer.input;
  byId("outputs").replaceChildren(...answer.outputs.map(outputRow));
  const parts = [`confidence ${(100 * answer.confidence).toFixed(1)} %`, `version ${answer.model.version}`];
  if (answer.energy) parts.push(`${(1000 * answer.energy.joules).toPrecision(2)} mJ (${answer.energy.source})`);
  byId("detail").textContent = parts.concat(answer.warnings || []).join(" · ");
  byId("answer").hidden = false;
}

async function post(address, form) {
  const response = await fetch(address, { method: "POST", body: new FormData(form) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

// A picture of several digits is a number, which /read reads whole.
async function readNumber(form) {
  const number = await post(form.action.replace(/predict$/, "read"), form);
  byId("detail").textContent += ` · all digits: ${number.text.replaceAll("\n", " / ")}`;
}

async function ask(event) {
  event.preventDefault();
  byId("fault").hidden = byId("answer").hidden = true;
  try {
    const answer = await post(`${event.target.action}?preview=1`, event.target);
    showAnswer(answer);
    if ((answer.warnings || []).some((warning) => warning.startsWith("several"))) await readNumber(event.target);
  } catch (error) {
    byId("fault").textContent = error.message;
    byId("fault").hidden = false;
  }
}

const form = byId("form");
if (form) form.addEventListener("submit", ask);
