// Strokes become grey levels by our own arithmetic: what a canvas gives back may be noise,
// as browsers that guard against fingerprinting have it.

const FINEST = 0.01; // a curve is drawn in lines of this length, in units of the height

// The points of a smooth curve: quadratic, from middle to middle of the stroke's points.
export function flatten(points) {
  const line = [points[0]];
  for (let i = 1; i < points.length - 1; i += 1) {
    const [from, by] = [line.at(-1), points[i]];
    const to = [(by[0] + points[i + 1][0]) / 2, (by[1] + points[i + 1][1]) / 2];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const parts = Math.max(1, Math.ceil(length / FINEST));
    for (let part = 1; part <= parts; part += 1) {
      const t = part / parts;
      line.push([0, 1].map((k) => (1 - t) ** 2 * from[k] + 2 * t * (1 - t) * by[k] + t * t * to[k]));
    }
  }
  line.push(points.at(-1));
  return line;
}

// Return columns times rows grey levels, 255 paper and 0 ink.
export function rasterise(strokes, columns, rows) {
  const grey = new Uint8Array(columns * rows).fill(255);
  for (const { width, points } of strokes) {
    const line = flatten(points).map(([x, y]) => [x * rows, y * rows]);
    for (let i = 1; i < line.length; i += 1) {
      drawLine(grey, columns, rows, line[i - 1], line[i], (width * rows) / 2);
    }
  }
  return grey;
}

// A line with round ends; of a point, a disc. A pixel is inked by how far it is inside.
function drawLine(grey, columns, rows, [x0, y0], [x1, y1], radius) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const reach = radius + 1;
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(rows - 1, Math.ceil(Math.max(y0, y1) + reach));
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(columns - 1, Math.ceil(Math.max(x0, x1) + reach));
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = squared ? Math.min(Math.max((px * dx + py * dy) / squared, 0), 1) : 0;
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const ink = Math.min(Math.max(radius + 0.5 - distance, 0), 1);
      const at = row * columns + column;
      grey[at] = Math.min(grey[at], Math.round(255 * (1 - ink)));
    }
  }
}
