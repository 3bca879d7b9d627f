"""Finding and drawing strokes in one 28x28 digit, for compiled loops."""

from typing import Any, Final

import numpy as np
from numba import njit

INK: Final = 100  # of 255; what is lighter is the outline's


@njit(cache=True, nogil=True)
def extent(digit: Any) -> Any:
    """The first and last row, the first and last column with ink."""
    top, bottom, left, right = 27, 0, 27, 0
    for r in range(28):
        for c in range(28):
            if digit[r, c] > INK:
                top, bottom = min(top, r), max(bottom, r)
                left, right = min(left, c), max(right, c)
    return top, bottom, left, right


@njit(cache=True, nogil=True)
def stem(digit: Any, row: Any) -> Any:
    """The column of the darkest stroke in three rows from there.

    In loops: numba takes three seconds to compile numpy's sum along an axis.
    """
    ink, darkest = np.zeros(28), 0
    for c in range(28):
        for r in range(max(row, 0), min(max(row, 0) + 3, 28)):
            ink[c] += digit[r, c]
        if ink[c] > ink[darkest]:
            darkest = c
    left = max(darkest - 3, 0)
    mass, moment = 0.0, 0.0
    for c in range(left, min(left + 7, 28)):
        mass += ink[c]
        moment += ink[c] * (c - left)
    return left + moment / max(mass, 1.0)


@njit(cache=True, nogil=True)
def rightmost(digit: Any, row: int) -> float:
    """The column of the stroke that is furthest right in a row."""
    column = 27
    while column > 0 and digit[row, column] <= INK:
        column -= 1
    return column - 1.0  # its middle; its edge was found


@njit(cache=True, nogil=True)
def stroke(canvas: Any, start: Any, end: Any, width: float) -> None:
    """A straight stroke from (row, column) to (row, column), `width` to each side.

    Parts of it may lie outside the canvas. All numbers are floats: for each mixture of
    floats and integers, numba would compile it anew.
    """
    along_r, along_c = end[0] - start[0], end[1] - start[1]
    squared = max(along_r**2 + along_c**2, 1e-6)
    top, bottom = _reached(start[0], end[0], width, canvas.shape[0])
    left, right = _reached(start[1], end[1], width, canvas.shape[1])
    for r in range(top, bottom):
        for c in range(left, right):
            share = ((r - start[0]) * along_r + (c - start[1]) * along_c) / squared
            share = min(max(share, 0.0), 1.0)
            off_r, off_c = (
                r - start[0] - share * along_r,
                c - start[1] - share * along_c,
            )
            ink = 255 * min(max(width + 0.5 - np.sqrt(off_r**2 + off_c**2), 0.0), 1.0)
            canvas[r, c] = np.uint8(max(float(canvas[r, c]), ink))


@njit(cache=True, nogil=True)
def _reached(one: float, other: float, width: float, side: int) -> Any:
    """The places along an axis that a stroke can ink: from, and up to."""
    first, last = min(one, other) - width - 1, max(one, other) + width + 2
    return max(int(first), 0), min(max(int(last), 0), side)
