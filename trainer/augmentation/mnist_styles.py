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
        digit = pixels[i].reshape(28, 28)
        if labels[i] == 2:
            _loop(digit, parameters[i])
        elif labels[i] == 4:
            _open(digit, parameters[i])
        else:
            _straighten(digit, labels[i], parameters[i])


@njit(cache=True, nogil=True)
def _straighten(digit: Any, label: int, parameters: Any) -> None:
    """Straighten a 1, 6, 7 or 9."""
    if label == 1:
        _on_a_stem(digit, 0.0, parameters)
    elif label == 6:  # a 9 on its head
        _on_a_stem(digit[::-1, ::-1], 0.5, parameters)
    elif label == 7:
        _on_a_stem(digit, 0.25, parameters)
    elif label == 9:
        _on_a_stem(digit, 0.5, parameters)


@njit(cache=True, nogil=True)
def _on_a_stem(digit: Any, head: float, parameters: Any) -> None:
    """Draw a straight stem under the head, which is so much of the height."""
    top, bottom, _, _ = extent(digit)
    height = bottom - top
    side = rightmost(digit, int(top + 0.6 * head * height))
    digit[int(top + (1 + 0.2 * parameters[0]) * head * height) :] = 0
    first = top + (0.2 + 0.4 * parameters[0]) * head * height
    last = min(bottom - 2 + 5 * parameters[1], 27.0)
    foot = side - 0.5 * parameters[2] * (last - top)
    stroke(digit, (first, side), (last, foot), 0.8 + 0.8 * parameters[3])


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
    stroke(digit, (bar, first), (top, arm), width)
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
