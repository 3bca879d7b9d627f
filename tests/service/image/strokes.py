"""Handwritten digits as strokes, drawn with any pen: no picture is stored."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Ink = NDArray[np.float64]
Point = tuple[float, float]


def _arc(x: float, y: float, rx: float, ry: float, start: int, end: int) -> list[Point]:
    """Return points on an ellipse; degrees, clockwise from the right."""
    turns = np.radians(np.linspace(start, end, 24))
    return [(x + rx * float(np.cos(t)), y + ry * float(np.sin(t))) for t in turns]


# x to the right and y downwards, in a box about 1 high.
STROKES: dict[int, list[list[Point]]] = {
    0: [_arc(0.4, 0.5, 0.33, 0.5, -90, 270)],
    1: [[(0.2, 0.2), (0.4, 0.0), (0.36, 1.0)]],
    2: [[*_arc(0.38, 0.28, 0.33, 0.28, -170, 40), (0.05, 0.98), (0.75, 0.98)]],
    3: [
        [
            *_arc(0.32, 0.25, 0.3, 0.25, -150, 90),
            *_arc(0.32, 0.74, 0.36, 0.25, -90, 150),
        ]
    ],
    4: [[(0.42, 0.0), (0.02, 0.62), (0.78, 0.62)], [(0.6, 0.3), (0.56, 1.0)]],
    5: [
        [
            (0.68, 0.02),
            (0.18, 0.02),
            (0.12, 0.45),
            *_arc(0.36, 0.68, 0.34, 0.31, -120, 150),
        ]
    ],
    6: [
        [(0.6, 0.0), (0.22, 0.3), (0.07, 0.66), *_arc(0.38, 0.7, 0.31, 0.29, 180, 540)]
    ],
    7: [[(0.02, 0.03), (0.7, 0.03), (0.26, 1.0)]],
    8: [
        [
            *_arc(0.38, 0.25, 0.27, 0.25, 90, 450),
            *_arc(0.38, 0.75, 0.34, 0.25, -90, 270),
        ]
    ],
    9: [_arc(0.36, 0.3, 0.3, 0.29, 0, 360), [(0.67, 0.25), (0.62, 0.62), (0.48, 1.0)]],
}


def draw(digit: int, length: float, pen: float) -> Ink:
    """Return the ink (h, w), 0 to 1, of a digit that is length pixels high."""
    fine = 4 if pen < 8 else 1
    scale, margin, width = (length - pen) * fine, pen * fine, max(1, round(pen * fine))
    lines = [
        [(x * scale + margin, y * scale + margin) for x, y in s] for s in STROKES[digit]
    ]
    side = int(scale + 2 * margin) // fine * fine + fine
    canvas = Image.new("L", (side, side))
    for line in lines:
        _stroke(ImageDraw.Draw(canvas), line, width)
    ink = np.asarray(canvas.reduce(fine)) / 255
    rows, columns = np.nonzero(ink > 0.2)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _stroke(pen: ImageDraw.ImageDraw, line: Sequence[Point], width: int) -> None:
    pen.line(line, fill=255, width=width, joint="curve")
    for x, y in (line[0], line[-1]):
        pen.ellipse(
            [x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=255
        )
