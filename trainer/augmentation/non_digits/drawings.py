"""Drawings that are no digit: scribbles, crosses, polygons, bars, blobs, noise.

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


def draw_scribbles(n: int, rng: np.random.Generator) -> Canvases:
    """A line that bends five to twelve times: a quadratic spline of random points."""
    corners = _random_corners(n, rng)
    joints = (corners[:, 1:] + corners[:, :-1]) / 2
    t = np.linspace(0, 1, 9)[:, None]
    first, bend, last = (
        joints[:, :-1, None],
        corners[:, 1:-1, None],
        joints[:, 1:, None],
    )
    points = (1 - t) ** 2 * first + 2 * t * (1 - t) * bend + t**2 * last
    return draw_lines(blank(n), points.reshape(n, 108, 2), rng.uniform(0.8, 2.8, n))


def draw_tangles(n: int, rng: np.random.Generator) -> Canvases:
    """Five to twelve straight strokes, without lifting the pen."""
    return draw_lines(blank(n), _random_corners(n, rng), rng.uniform(0.8, 3, n))


def _random_corners(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 14, 2): the corners of a line with five to twelve bends, then NaN."""
    corners = rng.uniform(6, SIDE - 6, (n, 14, 2))
    corners[np.arange(14) >= rng.integers(7, 15, (n, 1))] = np.nan
    return corners


def draw_stars(n: int, rng: np.random.Generator) -> Canvases:
    """Two to four straight strokes that cross: +, X, an asterisk."""
    count = rng.integers(2, 5, (n, 1))
    angle = np.pi * (np.arange(4) / count + rng.uniform(0, 1, (n, 1)))
    angle += rng.uniform(-0.25, 0.25, (n, 4))
    middle = _MIDDLE + rng.uniform(-2, 2, (n, 4, 2))
    points = _strokes(middle, angle, rng.uniform(10, 24, (n, 4)))
    points[np.arange(4) >= count] = np.nan
    return draw_lines(blank(n), points.reshape(n, 12, 2), rng.uniform(0.8, 3, n))


def draw_hatching(n: int, rng: np.random.Generator) -> Canvases:
    """Two to four strokes side by side, of any direction."""
    count = rng.integers(2, 5, (n, 1))
    angle = rng.uniform(0, np.pi, (n, 1)) + rng.uniform(-0.1, 0.1, (n, 4))
    aside = 14 * (np.arange(4) - (count - 1) / 2)
    middle = _MIDDLE + aside[..., None] * np.stack([np.cos(angle), -np.sin(angle)], -1)
    points = _strokes(middle, angle, rng.uniform(10, 24, (n, 4)))
    points[np.arange(4) >= count] = np.nan
    return draw_lines(blank(n), points.reshape(n, 12, 2), rng.uniform(0.8, 3, n))


def draw_bars(n: int, rng: np.random.Generator) -> Canvases:
    """A lying bar; upright it would be a 1."""
    middle = np.full((n, 1, 2), _MIDDLE)
    points = _strokes(
        middle, rng.uniform(-0.3, 0.3, (n, 1)), rng.uniform(12, 28, (n, 1))
    )
    return draw_lines(blank(n), points.reshape(n, 3, 2), rng.uniform(1, 5, n))


def draw_polygons(n: int, rng: np.random.Generator) -> Canvases:
    """A triangle, a flat quadrangle, a star, or three to six corners anywhere."""
    corners = rng.choice([3, 4, 6, 8], (n, 1))
    place = np.arange(9) % corners
    angle = rng.uniform(0, np.pi, (n, 1)) + 2 * np.pi * place / corners
    angle += np.take_along_axis(rng.uniform(-0.25, 0.25, (n, 9)), place, 1)
    radius = np.take_along_axis(rng.uniform(18, 26, (n, 9)), place, 1)
    radius *= np.where((corners > 4) & (place % 2 == 1), 0.4, 1)
    flat = np.where(corners > 3, rng.uniform(0.45, 0.8, (n, 1)), 1)
    points = _MIDDLE + np.stack(
        [flat * radius * np.sin(angle), radius * np.cos(angle)], -1
    )
    anywhere = rng.uniform(8, SIDE - 8, (n, 9, 2))
    anywhere = np.take_along_axis(anywhere, place[..., None], 1)
    points = np.where(rng.random((n, 1, 1)) < 0.5, anywhere, points)
    points[np.arange(9) > corners] = np.nan
    return draw_lines(blank(n), points, rng.uniform(0.8, 3, n))


def draw_blobs(n: int, rng: np.random.Generator) -> Canvases:
    """A thick line of up to four near points, wider than high."""
    points = _MIDDLE + rng.uniform(-1, 1, (n, 4, 2)) * rng.uniform(0, 16, (n, 1, 2))
    points[:, :, 0] = _MIDDLE + (points[:, :, 0] - _MIDDLE) / 2
    return draw_lines(blank(n), points, rng.uniform(4, 14, n))


def draw_doodles(n: int, rng: np.random.Generator) -> Canvases:
    """Three to six straight strokes, arcs and rings, anywhere."""
    middles = rng.uniform(14, SIDE - 14, (n, 6, 1, 2))
    radius = rng.uniform(4, 20, (n, 6, 1, 1))
    turned = rng.uniform(0, 2 * np.pi, (n, 6, 1))
    length = rng.choice([np.pi, 1.5 * np.pi, 2 * np.pi], (n, 6, 1))
    bent = turned + length * np.linspace(0, 1, 13)
    arcs = np.stack([np.sin(bent), np.cos(bent)], -1)
    reach = np.linspace(-1, 1, 13)[:, None]
    straight = np.stack([np.sin(turned), np.cos(turned)], -1) * reach
    strokes = np.where(rng.random((n, 6, 1, 1)) < 0.4, straight, arcs)
    strokes[np.arange(6) >= rng.integers(3, 7, (n, 1))] = np.nan
    points = one_line(middles + radius * strokes)
    return draw_lines(blank(n), points, rng.uniform(0.8, 3, n))


def draw_noise(n: int, rng: np.random.Generator) -> Canvases:
    """Square cells of 2 to 9 pixels in a box, some of them inked."""
    canvases = blank(n)
    for canvas in canvases:
        cell = 2 + int(8 * rng.random() ** 2)
        height, width = rng.integers(20, 60, 2) // cell
        greys = rng.integers(100, 256, (height, width))
        greys *= rng.random((height, width)) < rng.uniform(0.15, 0.75)
        canvas[: height * cell, : width * cell] = greys.repeat(cell, 0).repeat(cell, 1)
    return canvases


def _strokes(
    middle: NDArray[np.float64], angle: NDArray[np.float64], half: NDArray[np.float64]
) -> NDArray[np.float64]:
    """From an end to the other, then up: (n, k, 3, 2) for k straight strokes."""
    reach = half[..., None] * np.stack([np.sin(angle), np.cos(angle)], -1)
    return np.stack([middle - reach, middle + reach, np.full_like(reach, np.nan)], 2)
