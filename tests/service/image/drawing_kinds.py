"""Drawings that are no digit: of lines and rings, by an unsteady hand."""

import numpy as np
from PIL import Image, ImageDraw

from tests.service.image.handwriting import on_paper

Points = list[tuple[float, float]]

SIDE = 300
# Strokes lie in a square of 100.
UNSTEADY = 1.7


def _ring(x: float, y: float, radius: float) -> Points:
    turns = np.linspace(0, 2 * np.pi, 12)
    return [(x + radius * np.cos(turn), y + radius * np.sin(turn)) for turn in turns]


def _rays(inner: float, outer: float) -> list[Points]:
    return [
        [(50 + r * np.cos(turn), 50 + r * np.sin(turn)) for r in (inner, outer)]
        for turn in np.arange(0, 2 * np.pi, np.pi / 4)
    ]


_PLACES = (30.0, 50.0, 70.0)
DRAWINGS: dict[str, list[Points]] = {
    "face": [
        _ring(50, 50, 35),
        _ring(38, 40, 4),
        _ring(62, 40, 4),
        [(33, 60), (42, 70), (58, 70), (67, 60)],
    ],
    "house": [
        [(20, 85), (20, 45), (50, 15), (80, 45), (80, 85), (20, 85)],
        [(20, 45), (80, 45)],
    ],
    "star": [[(50, 10), (72, 85), (12, 38), (88, 38), (28, 85), (50, 10)]],
    "stick figure": [
        _ring(50, 22, 12),
        [(50, 34), (50, 65), (32, 90)],
        [(50, 65), (68, 90)],
        [(28, 48), (50, 42), (72, 48)],
    ],
    "horse": [
        [(8, 60), (15, 40), (35, 35), (60, 38), (75, 20), (90, 30), (80, 38), (72, 85)],
        [(60, 58), (60, 85)],
        [(40, 38), (40, 85)],
        [(15, 40), (22, 85)],
    ],
    "heart": [[(50, 80), (15, 45), (20, 22), (50, 35), (80, 22), (85, 45), (50, 80)]],
    "grid": [
        *([(x, 15.0), (x, 85.0)] for x in _PLACES),
        *([(15.0, y), (85.0, y)] for y in _PLACES),
    ],
    "arrow": [[(10, 50), (85, 50)], [(65, 30), (88, 50), (65, 70)]],
    "zigzag": [[(10 * i, 75 - 50 * (i % 2)) for i in range(1, 10)]],
    "sun": [_ring(50, 50, 18), *_rays(24, 40)],
    "asterisk": _rays(0, 40),
}


def drawing(rng: np.random.Generator) -> tuple[bytes, str]:
    """Return one of them, or a scribble, and no text."""
    kinds = [*DRAWINGS.values(), [list(map(tuple, rng.uniform(10, 90, (9, 2))))]]
    page = Image.new("L", (2 * SIDE, 2 * SIDE))
    width = int(rng.integers(8, 24))
    for stroke in kinds[rng.integers(len(kinds))]:
        points = np.array(stroke) + rng.normal(0, UNSTEADY, (len(stroke), 2))
        line = (points * 2 * SIDE / 100).ravel().tolist()
        ImageDraw.Draw(page).line(line, fill=255, width=width, joint="curve")
    turned = page.rotate(rng.uniform(-12, 12)).resize((SIDE, SIDE))
    return on_paper(rng, np.asarray(turned) / 255), ""
