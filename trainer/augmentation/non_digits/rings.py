"""Rings with something in them, and several rings.

Each function makes `n` canvases, all different.
"""

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.non_digits.pen import (
    SIDE,
    Canvases,
    blank,
    draw_lines,
    one_line,
)

_MIDDLE = SIDE / 2


def draw_faces(n: int, rng: np.random.Generator) -> Canvases:
    """A ring with something in it: a face, a cross, or another ring."""
    radius = rng.uniform(18, 26, (n, 1, 1))
    widths = rng.uniform(0.8, 3, n)
    canvases = draw_lines(blank(n), _MIDDLE + radius * _circle(n, rng), widths)
    face, cross, ring = np.array_split(np.arange(n), [int(0.6 * n), int(0.8 * n)])
    inside = np.full((n, 25, 2), np.nan)
    inside[face, :14] = _face(len(face), rng)
    inside[cross, :5] = _cross(len(cross), rng)
    inside[ring] = _circle(len(ring), rng) * rng.uniform(0.3, 0.6, (len(ring), 1, 1))
    return draw_lines(canvases, _MIDDLE + radius * inside, widths)


def draw_rings(n: int, rng: np.random.Generator) -> Canvases:
    """Two rings side by side, or three or four anywhere: one on another is an 8."""
    count = rng.integers(2, 5, (n, 1, 1))
    low = np.where(count == 2, [[[26, 14], [26, 38]] * 2], 14)
    high = np.where(count == 2, [[[38, 26], [38, 50]] * 2], SIDE - 14)
    middles = rng.uniform(low, high)[:, :, None]
    radius = rng.uniform(5, 16, (n, 4, 1, 1))
    rings = middles + radius * _circle(4 * n, rng).reshape(n, 4, 25, 2)
    rings[np.arange(4) >= count[..., 0]] = np.nan
    return draw_lines(blank(n), one_line(rings), rng.uniform(0.8, 3, n))


def _circle(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 25, 2): a round or a somewhat flat one around 0, of radius 1."""
    angle = np.linspace(0, 2 * np.pi, 25)
    points = np.tile(np.stack([np.sin(angle), np.cos(angle)], -1), (n, 1, 1))
    points[:, :, 0] *= rng.uniform(0.8, 1, (n, 1))
    return points


def _face(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 14, 2): two eyes, a nose, and a mouth that smiles or not, within radius 1."""
    up = np.full((n, 1, 2), np.nan)
    apart, height = rng.uniform(0.2, 0.45, n), rng.uniform(0.1, 0.5, n)
    eyes = [np.stack([-height, side * apart], -1)[:, None] for side in (-1, 1)]
    down = np.stack([rng.uniform(0, 0.15, n), np.zeros(n)], -1)[:, None]
    across = np.linspace(-1, 1, 6) * rng.uniform(0.2, 0.6, (n, 1))
    bend = rng.uniform(-0.3, 0.4, (n, 1)) * (1 - np.linspace(-1, 1, 6) ** 2)
    mouth = np.stack([rng.uniform(0.2, 0.5, (n, 1)) + bend, across], -1)
    nose = np.where(rng.random((n, 1, 1)) < 0.3, [[[0.0, 0.0]]], np.nan)
    left, right = eyes
    return np.concatenate(
        [left, left + down, up, right, right + down, up, nose, up, mouth], 1
    )


def _cross(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 5, 2): two strokes across the middle of a circle of radius 1."""
    angle = rng.uniform(0, np.pi, (n, 1)) + np.pi * np.array([0, 1, 0, 0.5, 1.5])
    points = np.stack([np.sin(angle), np.cos(angle)], -1)
    points[:, 2] = np.nan
    return points
