// Ten digits as a hand might write them, in units of the pad's height, and a button for each.

const SVG = "http://www.w3.org/2000/svg";

const ring = (cx, cy, rx, ry, from, to) =>
  Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });

// Angles run clockwise from the right, as y grows downwards.
const SAMPLES = [
  [ring(0.5, 0.5, 0.19, 0.31, -70, -430)],
  [[[0.54, 0.18], [0.52, 0.4], [0.5, 0.6], [0.48, 0.82]]],
  [[...ring(0.5, 0.36, 0.18, 0.16, -170, 30), [0.55, 0.58], [0.42, 0.7], [0.3, 0.8], [0.45, 0.78], [0.72, 0.79]]],
  [[...ring(0.48, 0.34, 0.17, 0.15, -150, 80), ...ring(0.48, 0.65, 0.2, 0.17, -80, 140)]],
  [
    [[0.4, 0.2], [0.36, 0.34], [0.31, 0.5], [0.45, 0.52], [0.7, 0.5]],
    [[0.63, 0.24], [0.61, 0.45], [0.59, 0.65], [0.58, 0.84]],
  ],
  [
    [[0.4, 0.22], [0.38, 0.34], [0.36, 0.45], ...ring(0.46, 0.62, 0.19, 0.19, -115, 140)],
    [[0.4, 0.22], [0.5, 0.22], [0.69, 0.2]],
  ],
  [[[0.6, 0.18], [0.46, 0.3], [0.36, 0.48], [0.32, 0.64], ...ring(0.49, 0.66, 0.17, 0.16, -180, -520)]],
  [[[0.28, 0.24], [0.45, 0.23], [0.7, 0.22], [0.62, 0.4], [0.53, 0.58], [0.47, 0.72], [0.44, 0.83]]],
  [[...ring(0.5, 0.34, 0.15, 0.15, -40, -270), ...ring(0.5, 0.66, 0.18, 0.17, -90, 270), ...ring(0.5, 0.34, 0.15, 0.15, 90, -40)]],
  [[...ring(0.48, 0.35, 0.16, 0.16, -20, -360), [0.64, 0.4], [0.62, 0.55], [0.58, 0.7], [0.53, 0.83]]],
];

// Each button shows its strokes; choose(strokes) is told which were chosen.
export function offerSamples(group, choose) {
  SAMPLES.forEach((strokes, digit) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.sample = digit;
    button.setAttribute("aria-label", `Sample ${digit}`);
    button.append(picture(strokes));
    button.addEventListener("click", () => choose(strokes));
    group.append(button);
  });
}

function picture(strokes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0.15 0.1 0.7 0.8");
  for (const points of strokes) {
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", points.map((point) => point.map((value) => value.toFixed(3))).join(" "));
    svg.append(line);
  }
  return svg;
}
