"""What MNIST's writers write otherwise than UCI's.

Their 7s have no bar, their 2s a loop, and their 4s two upright arms.
"""

from typing import Any

import numpy as np
from numba import njit

from trainer.strokes import INK, extent, stem, stroke


@njit(cache=True)
def restyle(pixels: Any, labels: Any, chosen: Any, whims: Any) -> None:
    """Uncross the chosen 7s, loop the chosen 2s and open the chosen 4s, in place.

    pixels: (n, 784) uint8; labels: (n,); chosen: (n,) bool; whims: (n, 4), each from 0
    to 1: where a loop lies, its size, and how arms stand.
    """
    for i in range(len(pixels)):
        if chosen[i] and labels[i] == 7:
            _uncross(pixels[i].reshape(28, 28))
        elif chosen[i] and labels[i] == 2:
            _loop(pixels[i].reshape(28, 28), whims[i])
        elif chosen[i] and labels[i] == 4:
            _open(pixels[i].reshape(28, 28), whims[i])


@njit(cache=True)
def _uncross(digit: Any) -> None:
    """Erase what is off the stem in the middle third of a 7."""
    top, bottom, _, _ = extent(digit)
    first: Any = top + np.int64(0.36 * (bottom - top))
    last: Any = top + np.int64(0.72 * (bottom - top))
    above, below = stem(digit, first - 2), stem(digit, last)
    for r in range(max(first, 0), min(last, 27) + 1):
        middle = above + (below - above) * (r - first) / max(last - first, 1)
        for c in range(28):
            kept = min(max(4 - abs(c - middle), 0), 1)
            digit[r, c] = np.uint8(digit[r, c] * kept)


@njit(cache=True)
def _loop(digit: Any, whim: Any) -> None:
    """Draw a ring where the stroke of a 2 turns, at its lower left."""
    top, bottom, left, right = extent(digit)
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
def _open(digit: Any, whim: Any) -> None:
    """Draw a 4 of two upright arms: above its bar, only they are left."""
    top, bottom, left, _ = extent(digit)
    bar = _bar(digit, top + 0.4 * (bottom - top), top + 0.72 * (bottom - top))
    right = stem(digit, bottom - 3)
    digit[: max(bar - 1, 0)] = 0
    width, lean = 0.9 + 0.8 * whim[3], (0.1 + 0.25 * whim[1]) * (bar - top)
    first = left + 1.5
    stroke(digit, (bar, first), (top, first + (0.4 + whim[2]) * lean), width)
    stroke(digit, (bar, right), (top, right + 0.6 * lean), width)


@njit(cache=True)
def _bar(digit: Any, first: float, last: float) -> Any:
    """The row with the most ink from first to last."""
    darkest, most = int(first), -1
    for r in range(int(first), min(int(last) + 1, 28)):
        ink = 0
        for c in range(28):
            ink += digit[r, c] > INK
        if ink > most:
            darkest, most = r, ink
    return darkest
