"""What MNIST's writers write otherwise than UCI's: 7s without a bar, 2s with a loop."""

from typing import Any, Final

import numpy as np
from numba import njit

INK: Final = 100  # of 255; what is lighter is the outline's


@njit(cache=True)
def restyle(pixels: Any, labels: Any, chosen: Any, whims: Any) -> None:
    """Uncross the chosen 7s and loop the chosen 2s, in place.

    pixels: (n, 784) uint8; labels: (n,); chosen: (n,) bool; whims: (n, 4), each from 0
    to 1: where a loop lies, and its size.
    """
    for i in range(len(pixels)):
        if chosen[i] and labels[i] == 7:
            _uncross(pixels[i].reshape(28, 28))
        elif chosen[i] and labels[i] == 2:
            _loop(pixels[i].reshape(28, 28), whims[i])


@njit(cache=True)
def _uncross(digit: Any) -> None:
    """Erase what is off the stem in the middle third of a 7."""
    top, bottom, _, _ = _extent(digit)
    first: Any = top + np.int64(0.36 * (bottom - top))
    last: Any = top + np.int64(0.72 * (bottom - top))
    above, below = _stem(digit, first - 2), _stem(digit, last)
    for r in range(max(first, 0), min(last, 27) + 1):
        stem = above + (below - above) * (r - first) / max(last - first, 1)
        for c in range(28):
            kept = min(max(4 - abs(c - stem), 0), 1)
            digit[r, c] = np.uint8(digit[r, c] * kept)


@njit(cache=True)
def _stem(digit: Any, row: Any) -> Any:
    """The column of the darkest stroke in three rows from there."""
    ink = digit[max(row, 0) :][:3].astype(np.float64).sum(axis=0)
    left: Any = max(np.argmax(ink) - 3, 0)
    stroke = ink[left : left + 7]
    return left + (stroke * np.arange(len(stroke))).sum() / max(stroke.sum(), 1.0)


@njit(cache=True)
def _loop(digit: Any, whim: Any) -> None:
    """Draw a ring where the stroke of a 2 turns, at its lower left."""
    top, bottom, left, right = _extent(digit)
    row = bottom - (0.12 + 0.08 * whim[0]) * (bottom - top)
    column = left + (0.1 + 0.25 * whim[1]) * (right - left)
    tall, wide = 2.6 + 1.6 * whim[2], 3 + 2.5 * whim[3]
    for r in range(28):
        for c in range(28):
            radius = np.sqrt(((r - row) / tall) ** 2 + ((c - column) / wide) ** 2)
            off = abs(radius - 1) * min(tall, wide)
            ink = max(digit[r, c], 230 * min(max(2.2 - off, 0), 1))
            digit[r, c] = np.uint8(0.3 * ink if radius < 0.55 else ink)


@njit(cache=True)
def _extent(digit: Any) -> Any:
    """The first and last row, the first and last column with ink."""
    top, bottom, left, right = 27, 0, 27, 0
    for r in range(28):
        for c in range(28):
            if digit[r, c] > INK:
                top, bottom = min(top, r), max(bottom, r)
                left, right = min(left, c), max(right, c)
    return top, bottom, left, right
