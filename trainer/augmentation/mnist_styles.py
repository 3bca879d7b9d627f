"""What MNIST's writers write otherwise than UCI's.

Their 1s are a bare stroke and their 7s have no bar; the stems of their 6s, 7s and 9s
are straight and long; their 2s have a loop, and their 4s two upright arms.
"""

from typing import Any

import numpy as np
from numba import njit

from trainer.augmentation.strokes import INK, extent, rightmost, stem, stroke


@njit(cache=True, nogil=True)
def restyle(pixels: Any, labels: Any, chosen: Any, parameters: Any) -> None:
    """Write the chosen 1s, 2s, 4s, 6s, 7s and 9s in MNIST's style, in place.

    pixels: (n, 784) uint8; labels: (n,); chosen: (n,) bool; parameters: (n, 4), each
    from 0 to 1: sizes, a place, an angle, and the stroke.
    """
    for i in range(len(pixels)):
        if not chosen[i]:
            continue
        digit, label = pixels[i].reshape(28, 28), labels[i]
        if label == 2:
            _loop(digit, parameters[i])
        elif label == 4:
            _open(digit, parameters[i])
        elif label in (1, 6, 7, 9):
            _straighten(digit, label, parameters[i])


@njit(cache=True, nogil=True)
def _straighten(digit: Any, label: int, parameters: Any) -> None:
    """Draw a straight stem under the head of a 1, 7 or 9; a 6 is a 9 on its head."""
    if label == 6:
        _turn(digit)
    head = 0.0 if label == 1 else 0.25 if label == 7 else 0.5  # of the height
    top, bottom, _, _ = extent(digit)
    height = bottom - top
    side = rightmost(digit, int(top + 0.6 * head * height))
    digit[int(top + (1 + 0.2 * parameters[0]) * head * height) :] = 0
    first = top + (0.2 + 0.4 * parameters[0]) * head * height
    last = min(bottom - 2 + 5 * parameters[1], 27.0)
    foot = side - 0.5 * parameters[2] * (last - top)
    stroke(digit, (first, side), (last, foot), 0.8 + 0.8 * parameters[3])
    if label == 6:
        _turn(digit)


@njit(cache=True, nogil=True)
def _turn(digit: Any) -> None:
    """Turn a digit upside down, in place."""
    for r in range(14):
        for c in range(28):
            above, below = digit[r, c], digit[27 - r, 27 - c]
            digit[r, c], digit[27 - r, 27 - c] = below, above


@njit(cache=True, nogil=True)
def _loop(digit: Any, parameters: Any) -> None:
    """Draw a ring where the stroke of a 2 turns, at its lower left."""
    top, bottom, left, right = extent(digit)
    row = bottom - (0.12 + 0.08 * parameters[0]) * (bottom - top)
    column = left + (0.1 + 0.25 * parameters[1]) * (right - left)
    tall, wide = 2.6 + 1.6 * parameters[2], 3 + 2.5 * parameters[3]
    for r in range(28):
        for c in range(28):
            radius = np.sqrt(((r - row) / tall) ** 2 + ((c - column) / wide) ** 2)
            off = abs(radius - 1) * min(tall, wide)
            ink = max(digit[r, c], 230 * min(max(2.2 - off, 0), 1))
            digit[r, c] = np.uint8(0.3 * ink if radius < 0.55 else ink)


@njit(cache=True, nogil=True)
def _open(digit: Any, parameters: Any) -> None:
    """Draw a 4's arm and its stem, both straight; of the old 4 only its bar is left."""
    top, bottom, left, _ = extent(digit)
    bar = _bar(digit, top + 0.4 * (bottom - top), top + 0.72 * (bottom - top))
    first, right = left + 1.5, stem(digit, bottom - 3)
    digit[: max(bar - 1, 0)] = 0
    digit[bar + 3 :] = 0
    if parameters[0] < 0.4:  # some bars end at the stem
        digit[:, int(right) + 1 :] = 0
    width, lean = 0.9 + 0.8 * parameters[3], 0.05 + 0.35 * parameters[1]
    arm = first + (0.3 + parameters[2]) * lean * (bar - top)
    stroke(digit, (float(bar), first), (float(top), arm), width)
    last = min(bottom - 1 + 4 * parameters[0], 27.0)
    head, foot = right + lean * (bar - top), right - lean * (last - bar)
    stroke(digit, (top + 3 * parameters[2], head), (last, foot), width)


@njit(cache=True, nogil=True)
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
