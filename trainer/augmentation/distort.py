"""Distorted copies of digits, so that a network learns the digit and not its pixels.

Each copy is moved by a random affine map and a smooth random displacement (Simard,
Steinkraus and Platt 2003), and its stroke made thicker or thinner; a few are written
with the habits of other countries.
"""

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.foreign_habits import add_habits
from trainer.augmentation.warp import fields, redraw

_ROTATION = np.radians(12)
_LOG_SCALE = 0.12
_SLANT = 0.2
_SHIFT_PIXELS = 1.5
_ELASTIC_PIXELS = 1.2  # standard deviation of the displacement
_KNOTS = 7  # bumps along a side that the displacement is made of
_CHANGED_STROKES = 0.5  # share of the copies
_THINNER, _THICKER = -0.4, 0.6  # towards the eroded or the dilated digit
_WITH_HABITS = 0.2  # share of the 1s, 7s and 9s that are written as elsewhere
_FIELDS = fields(_KNOTS)


def distort(
    pixels: NDArray[np.uint8], labels: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A distorted copy of each row of (n, 784) pixels, same shape and dtype."""
    n = len(pixels)
    copies = pixels.copy()
    add_habits(copies, labels, rng.random(n) < _WITH_HABITS, rng.random((n, 4)))
    strokes = rng.uniform(_THINNER, _THICKER, n) * (rng.random(n) < _CHANGED_STROKES)
    return redraw(copies, _sources(n, rng), strokes.astype(np.float32))


def _sources(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Where each pixel of a copy comes from: (2, n, 784), rows and columns."""
    bumps = rng.standard_normal((2, n, _KNOTS**2), dtype=np.float32) * _ELASTIC_PIXELS
    shifts = rng.uniform(-_SHIFT_PIXELS, _SHIFT_PIXELS, (2, n, 1)) + 13.5
    coefficients = np.concatenate([bumps, _affine(n, rng), shifts], axis=2)
    return coefficients.astype(np.float32) @ _FIELDS


def _affine(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rotation, scale of each axis, and slant: (2, n, 2), from target to source."""
    angle = rng.uniform(-_ROTATION, _ROTATION, n)
    height, width = np.exp(rng.uniform(-_LOG_SCALE, _LOG_SCALE, (2, n)))
    slant, tilt = rng.uniform(-_SLANT, _SLANT, (2, n)) * np.array([[1], [1 / 3]])
    cos, sin = np.cos(angle), np.sin(angle)
    rows = [cos / height + tilt * sin, -sin / height + tilt * cos]
    columns = [sin / width + slant * cos, cos / width - slant * sin]
    return np.array([rows, columns]).transpose(0, 2, 1)
