"""Distorted copies of digits, so that a network learns the digit and not its pixels.

Each copy is moved by a random affine map and a smooth random displacement (Simard,
Steinkraus and Platt 2003), and its stroke made thicker or thinner.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_ROTATION = np.radians(12)
_LOG_SCALE = 0.12
_SLANT = 0.2
_SHIFT_PIXELS = 1.5
_ELASTIC_PIXELS = 1.2  # standard deviation of the displacement
_KNOTS = 7  # bumps along a side that the displacement is made of
_CHANGED_STROKES = 0.5  # share of the copies
_THINNER, _THICKER = -0.4, 0.6  # towards the eroded or the dilated digit


def distort(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A distorted copy of each row of (n, 784) pixels, same shape and dtype."""
    n = len(pixels)
    strokes = rng.uniform(_THINNER, _THICKER, n) * (rng.random(n) < _CHANGED_STROKES)
    copies = np.empty_like(pixels)
    _redraw(pixels, _sources(n, rng), strokes.astype(np.float32), copies)
    return copies


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


def _fields() -> NDArray[np.float32]:
    """What a displacement is a sum of, over the 784 pixels: bumps, row, column, 1."""
    side = np.arange(28)
    centres = np.linspace(-3, 30, _KNOTS)
    distances = (side - centres[:, None]) / (0.75 * (centres[1] - centres[0]))
    line = np.exp(-0.5 * distances**2)
    line /= np.sqrt((line**2).sum(axis=0))  # the same strength everywhere
    bumps = np.einsum("ir,jc->ijrc", line, line).reshape(_KNOTS**2, 784)
    row, column = np.indices((28, 28)).reshape(2, 784) - 13.5
    return np.vstack([bumps, row, column, np.ones(784)]).astype(np.float32)


_FIELDS = _fields()


@njit(cache=True, fastmath=True)
def _redraw(pixels: Any, sources: Any, strokes: Any, copies: Any) -> None:
    """Fill copies, (n, 784) uint8, from pixels at sources."""
    digit = np.zeros((32, 32), np.float32)  # a margin of 2 on each side
    for i in range(len(pixels)):
        for r in range(28):
            for c in range(28):
                digit[r + 2, c + 2] = pixels[i, 28 * r + c]
        if strokes[i] == 0:
            _sample(digit.ravel(), sources[0, i], sources[1, i], copies[i])
        else:
            restroked = _restroked(digit, strokes[i])
            _sample(restroked.ravel(), sources[0, i], sources[1, i], copies[i])


@njit(cache=True, fastmath=True)
def _sample(digit: Any, rows: Any, columns: Any, copy: Any) -> None:
    """Fill the copy with the grey levels between four pixels of a digit with margin.

    In three loops, as the first and the last can run in vector instructions.
    """
    corner = np.empty(784, np.int32)
    down, right = np.empty(784, np.float32), np.empty(784, np.float32)
    for p in range(784):
        row = min(max(rows[p] + np.float32(2), np.float32(0)), np.float32(30.99))
        column = min(max(columns[p] + np.float32(2), np.float32(0)), np.float32(30.99))
        r, c = np.int32(row), np.int32(column)
        down[p], right[p] = row - np.float32(r), column - np.float32(c)
        corner[p] = r * np.int32(32) + c
    grey = np.empty(784, np.float32)
    for p in range(784):
        k, one, line = np.uint32(corner[p]), np.uint32(1), np.uint32(32)
        upper = digit[k] + right[p] * (digit[k + one] - digit[k])
        lower = digit[k + line]
        lower += right[p] * (digit[k + line + one] - lower)
        grey[p] = upper + down[p] * (lower - upper)
    for p in range(784):
        copy[p] = np.uint8(np.int32(grey[p] + np.float32(0.5)))


@njit(cache=True, fastmath=True)
def _restroked(digit: Any, change: Any) -> Any:
    """The digit mixed with its dilation (change > 0) or its erosion, by a cross."""
    mixed = digit.copy()
    for r in range(1, 31):
        for c in range(1, 31):
            here, up, down = digit[r, c], digit[r - 1, c], digit[r + 1, c]
            left, right = digit[r, c - 1], digit[r, c + 1]
            if change > 0:
                extreme = max(up, down, left, right, here)
            else:
                extreme = min(up, down, left, right, here)
            mixed[r, c] = here + abs(change) * (extreme - here)
    return mixed
