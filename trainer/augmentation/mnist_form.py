"""Drawings brought to MNIST's form: 28x28, centred by mass, strokes of one width.

The service brings whatever it reads to this form (LeCun et al. 1998, section III.A), so
a network should learn from pictures that went the same way.
"""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

_BOX: Final = 20  # pixels, the longer side of the ink
_FINE: Final = 4  # pixels of the work canvas to one of MNIST's
_CANVAS: Final = 28 * _FINE
# Twice the area by the perimeter, in pixels, of nearly all of MNIST's digits.
_THINNEST: Final = 2.0
_WIDEST: Final = 3.2
# Paper and full ink, as shares of the strokes' usual ink, with a soft step between.
_PAPER_ENDS: Final = 0.2
_INK_BEGINS: Final = 0.75


def to_mnist_form(drawings: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The (n, 784) pixels of (n, height, width) drawings, 0 paper to 255 ink.

    A drawing without ink stays empty.
    """
    pixels = np.zeros((len(drawings), 784), np.uint8)
    _form_all(drawings, pixels)
    return pixels


@njit(cache=True, nogil=True)
def _form_all(drawings: Any, pixels: Any) -> None:
    for i in range(len(drawings)):
        _form(drawings[i], pixels[i])


@njit(cache=True, nogil=True)
def _form(drawing: Any, pixels: Any) -> None:
    """Fill (784,) pixels from one drawing."""
    usual, box = _usual_ink(drawing), _ink_box(drawing)
    if usual == 0:
        return
    strokes = _enlarged(drawing, box, _FINE * _BOX, usual)
    width = _stroke_width(strokes) / _FINE
    if width < _THINNEST:
        reach = int((_THINNEST - width) * _FINE / 2 + 0.5)
        smaller = _enlarged(drawing, box, _FINE * _BOX - 2 * reach, usual)
        strokes = _spread(smaller, reach)
    elif width > _WIDEST:
        reach = int((width - _WIDEST) * _FINE / 2 + 0.5)
        larger = _enlarged(drawing, box, _FINE * _BOX + 2 * reach, usual)
        strokes = ~_spread(~larger, reach)
    _average_down(strokes, pixels)


@njit(cache=True, nogil=True)
def _ink_box(drawing: Any) -> Any:
    """The first row and column with ink, and those after the last; ink: over 1/4."""
    least = max(np.int64(drawing.max()) // 4, 1)
    top, bottom, left, right = drawing.shape[0], 0, drawing.shape[1], 0
    for r in range(drawing.shape[0]):
        for c in range(drawing.shape[1]):
            if drawing[r, c] >= least:
                top, bottom = min(top, r), max(bottom, r + 1)
                left, right = min(left, c), max(right, c + 1)
    return top, bottom, left, right


@njit(cache=True, nogil=True)
def _usual_ink(drawing: Any) -> int:
    """The grey level that a quarter of the ink is darker than; 0 without ink."""
    counts = np.zeros(256, np.int64)
    for grey in drawing.flat:
        counts[grey] += 1
    darkest = np.int64(drawing.max())
    above, ink = 0, counts[max(darkest // 4, 1) :].sum()
    for grey in range(darkest, 0, -1):
        above += counts[grey]
        if 4 * above >= ink:
            return grey
    return 0


@njit(cache=True, nogil=True)
def _enlarged(drawing: Any, box: Any, side: int, usual: int) -> Any:
    """The box with its longer side of `side` pixels in the middle of a work canvas.

    The strokes become full ink, with soft edges.
    """
    top, bottom, left, right = box
    scale = side / max(bottom - top, right - left)
    height = max(int((bottom - top) * scale + 0.5), 1)
    width = max(int((right - left) * scale + 0.5), 1)
    canvas = np.zeros((_CANVAS, _CANVAS), np.uint8)
    first_r, first_c = (_CANVAS - height) // 2, (_CANVAS - width) // 2
    for r in range(height):
        row = min(max((r + 0.5) / scale - 0.5 + top, top), bottom - 1)
        upper, lower = int(row), min(int(row) + 1, bottom - 1)
        down = row - upper
        for c in range(width):
            column = min(max((c + 0.5) / scale - 0.5 + left, left), right - 1)
            here, there = int(column), min(int(column) + 1, right - 1)
            across = column - here
            above = drawing[upper, here] * (1 - across) + drawing[upper, there] * across
            below = drawing[lower, here] * (1 - across) + drawing[lower, there] * across
            share = (above + down * (below - above)) / usual
            level = (share - _PAPER_ENDS) / (_INK_BEGINS - _PAPER_ENDS)
            canvas[first_r + r, first_c + c] = np.uint8(255 * min(max(level, 0), 1))
    return canvas


@njit(cache=True, nogil=True)
def _stroke_width(strokes: Any) -> float:
    """Twice the area by the perimeter, in pixels of the work canvas."""
    area, perimeter = np.int64(0), np.int64(1)
    for r in range(1, _CANVAS):
        for c in range(1, _CANVAS):
            here = np.int64(strokes[r, c])  # int() would leave it unsigned
            area += here
            perimeter += abs(here - strokes[r - 1, c]) + abs(here - strokes[r, c - 1])
    return 2 * area / perimeter


@njit(cache=True, nogil=True)
def _spread(strokes: Any, reach: int) -> Any:
    """The strokes dilated so many times by a cross."""
    for _ in range(reach):
        wider = strokes.copy()
        for r in range(1, _CANVAS - 1):
            for c in range(1, _CANVAS - 1):
                lying = max(strokes[r, c - 1], strokes[r, c + 1])
                upright = max(strokes[r - 1, c], strokes[r + 1, c])
                wider[r, c] = max(strokes[r, c], lying, upright)
        strokes = wider
    return strokes


@njit(cache=True, nogil=True)
def _average_down(strokes: Any, pixels: Any) -> None:
    """Put the centre of mass into the middle of pixel 14, and average 4x4 to one."""
    mass, moment_r, moment_c = 1e-9, 0.0, 0.0
    for r in range(_CANVAS):
        for c in range(_CANVAS):
            mass += strokes[r, c]
            moment_r += strokes[r, c] * (r + 0.5)
            moment_c += strokes[r, c] * (c + 0.5)
    off_r = int(np.floor(moment_r / mass - 14.5 * _FINE + 0.5))
    off_c = int(np.floor(moment_c / mass - 14.5 * _FINE + 0.5))
    sums = np.zeros(784, np.int64)
    for r in range(max(off_r, 0), min(_CANVAS, _CANVAS + off_r)):
        for c in range(max(off_c, 0), min(_CANVAS, _CANVAS + off_c)):
            sums[(r - off_r) // _FINE * 28 + (c - off_c) // _FINE] += strokes[r, c]
    darkest = max(sums.max(), 1)
    for p in range(784):
        pixels[p] = np.uint8(255 * sums[p] / darkest + 0.5)
