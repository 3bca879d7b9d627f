// The page /learn with script: one step at a time, by button, arrow key or address, and
// the drawing of the Draw page. Without it the page shows all steps.

import { Drawing } from "../draw/drawing.js";
import { png } from "../draw/png.js";
import { rasterise } from "../draw/raster.js";

const SIDE = 112; // pixels of the picture that is sent, as the Draw page sends it

const steps = [...document.querySelectorAll(".step")];
const stepper = document.getElementById("stepper");
if (stepper) {
  walk();
  offerDrawing();
}

function walk() {
  const [back, next, all, where] = ["back", "next", "all", "where"].map((id) => document.getElementById(id));
  let current = 0;
  let isWhole = true;

  function show() {
    steps.forEach((step, number) => {
      step.hidden = !isWhole && number !== current;
    });
    back.disabled = isWhole || current === 0;
    next.disabled = !isWhole && current === steps.length - 1;
    all.setAttribute("aria-pressed", isWhole);
    where.textContent = isWhole ? "" : `Step ${current} of ${steps.length - 1}`;
  }

  function go(number) {
    current = Math.min(Math.max(number, 0), steps.length - 1);
    isWhole = false;
    history.replaceState(null, "", `#${steps[current].id}`);
    show();
  }

  // The address names a step, so that a teacher can link to it.
  function follow() {
    const number = steps.findIndex((step) => `#${step.id}` === location.hash);
    if (number >= 0) go(number);
  }

  next.addEventListener("click", () => go(isWhole ? 0 : current + 1));
  back.addEventListener("click", () => go(current - 1));
  all.addEventListener("click", () => {
    isWhole = !isWhole;
    show();
  });
  stepper.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    go(isWhole ? 0 : current + by);
  });
  window.addEventListener("hashchange", follow);
  stepper.hidden = false;
  show();
  follow();
  const form = document.getElementById("ask");
  form.addEventListener("submit", () => {
    form.action = `${form.action.split("#")[0]}${location.hash}`;
  });
}

// The strokes are kept in the tab's session storage; they become a file of the form.
function offerDrawing() {
  const drawing = new Drawing();
  drawing.restore();
  const mine = document.getElementById("mine");
  if (!drawing.strokes.length) return;
  mine.hidden = false;
  mine.addEventListener("click", async () => {
    const picture = await png(rasterise(drawing.strokes, SIDE, SIDE), SIDE, SIDE);
    const files = new DataTransfer();
    files.items.add(new File([picture], "drawing.png", { type: "image/png" }));
    document.getElementById("file").files = files.files;
    document.getElementById("ask").requestSubmit();
  });
}
