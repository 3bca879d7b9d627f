"""Smooth maps of 28x28 digits, and digits redrawn through them by a compiled loop."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

ROW, COLUMN = (np.indices((28, 28)).reshape(2, 784) - 13.5).astype(np.float32)


def fields(knots: int) -> NDArray[np.float32]:
    """What a map is a sum of, over the 784 pixels: bumps, row, column, 1.

    Shape (knots**2 + 3, 784). The bumps are Gaussians on a grid of so many a side,
    scaled so that normal coefficients of variance 1 displace by variance 1 everywhere:
    the smoothed noise of Simard, Steinkraus and Platt (2003) with fewer random numbers.
    """
    side = np.arange(28)
    centres = np.linspace(-3, 30, knots)
    distances = (side - centres[:, None]) / (0.75 * (centres[1] - centres[0]))
    line = np.exp(-0.5 * distances**2)
    line /= np.sqrt((line**2).sum(axis=0))  # the same strength everywhere
    bumps = np.einsum("ir,jc->ijrc", line, line).reshape(knots**2, 784)
    return np.vstack([bumps, ROW, COLUMN, np.ones(784)]).astype(np.float32)


def redraw(
    pixels: NDArray[np.uint8],
    sources: NDArray[np.float32],
    strokes: NDArray[np.float32] | None = None,
) -> NDArray[np.uint8]:
    """Each of the (n, 784) digits with its pixels taken from elsewhere; 0 outside.

    sources: (2, n, 784), the row and the column that each pixel comes from, in pixels;
    between four pixels the grey level is interpolated.
    strokes: (n,), from -1 to 1: the digit is first mixed so far with its dilation
    (above 0) or its erosion (below 0), by a cross.
    """
    copies = np.empty_like(pixels)
    if strokes is None:
        strokes = np.zeros(len(pixels), np.float32)
    _redraw(pixels, sources, strokes, copies)
    return copies


@njit(cache=True, nogil=True, fastmath=True)
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


@njit(cache=True, nogil=True, fastmath=True)
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


@njit(cache=True, nogil=True, fastmath=True)
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
