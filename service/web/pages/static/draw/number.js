// The digits of a whole number: a box around each on the pad, and a list to choose from.

import { showOutputs, showPicture } from "./answer.js";
import { percent } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

// size: [width, height] of the picture that was sent, which the boxes are measured in.
export function showDigits(boxes, list, answer, size) {
  const digits = answer.lines.flatMap((line) => line.digits);
  boxes.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  boxes.replaceChildren(
    ...digits.map((digit) => box(digit.box, "digit")),
    ...(answer.others ?? []).map((other) => box(other.box, "other")),
  );
  const buttons = digits.map((digit, i) => button(digit, () => choose(i)));
  list.replaceChildren(...buttons);
  const choose = (chosen) => {
    buttons.forEach((each, i) => each.setAttribute("aria-pressed", String(i === chosen)));
    [...boxes.children].forEach((each, i) => each.classList.toggle("chosen", i === chosen));
    showOutputs(digits[chosen]);
    showPicture("seen", digits[chosen].input);
  };
  choose(digits.reduce((least, digit, i) => (digit.confidence < digits[least].confidence ? i : least), 0));
}

export function showNoDigits(boxes, list) {
  boxes.replaceChildren();
  list.replaceChildren();
}

function box([left, top, width, height], kind) {
  const rect = document.createElementNS(SVG, "rect");
  const places = { x: left, y: top, width, height, class: kind };
  for (const [name, value] of Object.entries(places)) rect.setAttribute(name, value);
  return rect;
}

function button(digit, choose) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = `${digit.label} · ${percent(digit.confidence)}`;
  element.addEventListener("click", choose);
  return element;
}
