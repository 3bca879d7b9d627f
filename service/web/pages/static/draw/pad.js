// The pad as it is seen: its ink or picture, its name, and which buttons can be used.

import { paint } from "./ink.js";

const byId = (id) => document.getElementById(id);

// Shows a drawing from now on; cursor() is where the pen of the keys is, or null.
export function showDrawing(pad, drawing, cursor) {
  let isPainting = false;
  const repaint = () => {
    if (isPainting) return;
    isPainting = true;
    requestAnimationFrame(() => {
      isPainting = false;
      paint(pad, drawing, cursor());
    });
  };
  const refresh = () => {
    repaint();
    showPicture(drawing.picture);
    byId("undo").disabled = !drawing.canUndo;
    byId("redo").disabled = !drawing.canRedo;
    byId("clear").disabled = drawing.isEmpty;
    pad.setAttribute("aria-label", `Drawing pad: ${inWords(drawing)}`);
  };

  drawing.addEventListener("ink", repaint);
  drawing.addEventListener("change", refresh);
  new ResizeObserver(repaint).observe(pad);
  window.addEventListener("resize", repaint); // a zoom may leave the pad's size as it is
  byId("picture").addEventListener("error", () => (byId("picture").hidden = true));
  refresh();
}

function showPicture(file) {
  const picture = byId("picture");
  URL.revokeObjectURL(picture.src);
  picture.hidden = !file;
  if (file) picture.src = URL.createObjectURL(file);
}

function inWords({ picture, strokes }) {
  if (picture) return "a picture";
  return `${strokes.length} stroke${strokes.length === 1 ? "" : "s"}`;
}
