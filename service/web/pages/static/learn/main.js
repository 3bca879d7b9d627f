// The page /learn with script: answers in place, a step at a time, nodes by a click, the
// drawing of the Draw page. Without it the page shows all steps, and its form is sent.

import { Drawing } from "../draw/drawing.js";
import { png } from "../draw/png.js";
import { rasterise } from "../draw/raster.js";
import { followAlpha, listenToSlider } from "./alpha.js";
import { Lesson } from "./lesson.js";
import { Stepper } from "./stepper.js";

const SIDE = 112; // pixels of the picture that is sent, as the Draw page sends it

const byId = (id) => document.getElementById(id);

if (byId("ask")) {
  const stepper = new Stepper();
  const lesson = new Lesson(() => {
    stepper.show();
    followAlpha();
  });
  listenToSlider();
  pickNodes(lesson);
  offerDrawing();
}

function pickNodes(lesson) {
  byId("main").addEventListener("click", (event) => {
    const nodes = event.target.closest(".nodes");
    if (!nodes) return;
    const { left, top, width } = nodes.getBoundingClientRect();
    const columns = Number(nodes.dataset.columns);
    const side = width / columns;
    const [column, row] = [event.clientX - left, event.clientY - top].map((at) => Math.floor(at / side));
    const number = columns * row + column;
    if (number >= nodes.dataset.nodes) return;
    byId(`pick-node${nodes.dataset.layer}`).value = number;
    lesson.ask();
  });
}

// The strokes are kept in the tab's session storage; they become a file of the form.
function offerDrawing() {
  const drawing = new Drawing();
  drawing.restore();
  if (!drawing.strokes.length) return;
  byId("mine").hidden = false;
  byId("mine").addEventListener("click", async () => {
    const picture = await png(rasterise(drawing.strokes, SIDE, SIDE), SIDE, SIDE);
    const files = new DataTransfer();
    files.items.add(new File([picture], "drawing.png", { type: "image/png" }));
    byId("file").files = files.files;
    byId("ask").requestSubmit();
  });
}
