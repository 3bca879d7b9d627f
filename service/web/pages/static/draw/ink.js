// Paints the strokes: dark ink on white paper, whatever the theme.

import { flatten } from "./raster.js";

const PAPER = "#ffffff";
const INK = "#14181f";
const CURSOR = "#1f6fb2";

export function paint(pad, drawing, cursor) {
  const box = pad.getBoundingClientRect();
  const [width, height] = [box.width, box.height].map((side) => Math.round(side * devicePixelRatio));
  if (!width || !height) return;
  if (pad.width !== width || pad.height !== height) [pad.width, pad.height] = [width, height];
  const context = pad.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = PAPER;
  context.fillRect(0, 0, width, height);
  context.scale(height, height);
  context.lineCap = context.lineJoin = "round";
  for (const stroke of drawing.strokes) trace(context, stroke);
  if (cursor) mark(context, cursor);
}

function trace(context, { width, points }) {
  context.strokeStyle = INK;
  context.lineWidth = width;
  context.beginPath();
  for (const [x, y] of flatten(points)) context.lineTo(x, y);
  if (points.length === 1) context.lineTo(points[0][0] + 1e-3, points[0][1]); // a tap is a dot
  context.stroke();
}

// A ring while the pen is lifted, a dot while it draws.
function mark(context, { at: [x, y], isDown }) {
  context.strokeStyle = context.fillStyle = CURSOR;
  context.lineWidth = 0.012;
  context.beginPath();
  context.arc(x, y, 0.03, 0, 2 * Math.PI);
  if (isDown) context.fill();
  else context.stroke();
}
