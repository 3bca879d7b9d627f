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
    _form(drawings, pixels)
    return pixels


# Loops rather than numpy's methods, which numba takes long to compile.


@njit(cache=True, nogil=True)
def _form(drawings: Any, pixels: Any) -> None:
    """Fill (n, 784) pixels from (n, height, width) drawings."""
    for i in range(len(drawings)):
        darkest, usual = _inks(drawings[i])
        if darkest == 0:
            continue
        box = _ink_box(drawings[i], darkest)
        strokes = _enlarged(drawings[i], box, _FINE * _BOX, usual)
        reach = _missing(_stroke_width(strokes) / _FINE)
        if reach != 0:
            strokes = _enlarged(drawings[i], box, _FINE * _BOX - 2 * reach, usual)
            strokes = _respread(strokes, reach)
        _average_down(strokes, pixels[i])


@njit(cache=True, nogil=True)
def _missing(width: float) -> int:
    """What a stroke of a width lacks on each side, in pixels of the work canvas.

    Below 0: what it has too much.
    """
    if width < _THINNEST:
        return int((_THINNEST - width) * _FINE / 2 + 0.5)
    if width > _WIDEST:
        return -int((width - _WIDEST) * _FINE / 2 + 0.5)
    return 0


@njit(cache=True, nogil=True)
def _ink_box(drawing: Any, darkest: int) -> Any:
    """The first row and column with ink, and those after the last; ink: over 1/4."""
    least = max(darkest // 4, 1)
    top, bottom, left, right = drawing.shape[0], 0, drawing.shape[1], 0
    for r in range(drawing.shape[0]):
        for c in range(drawing.shape[1]):
            if drawing[r, c] >= least:
                top, bottom = min(top, r), max(bottom, r + 1)
                left, right = min(left, c), max(right, c + 1)
    return top, bottom, left, right


@njit(cache=True, nogil=True)
def _inks(drawing: Any) -> Any:
    """The darkest grey level, and the one that a quarter of the ink is darker than."""
    counts = np.zeros(256, np.int64)
    darkest: Any = 0
    for r in range(drawing.shape[0]):
        for c in range(drawing.shape[1]):
            counts[drawing[r, c]] += 1
            darkest = max(darkest, np.int64(drawing[r, c]))
    ink = 0
    for grey in range(max(darkest // 4, 1), 256):
        ink += counts[grey]
    above, usual = 0, darkest + 1
    while usual > 1 and 4 * above < ink:
        usual -= 1
        above += counts[usual]
    return darkest, usual


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
def _respread(strokes: Any, reach: int) -> Any:
    """The strokes dilated so many times by a cross; below 0: eroded."""
    for _ in range(abs(reach)):
        changed = strokes.copy()
        for r in range(1, _CANVAS - 1):
            for c in range(1, _CANVAS - 1):
                here, left, right = strokes[r, c], strokes[r, c - 1], strokes[r, c + 1]
                up, down = strokes[r - 1, c], strokes[r + 1, c]
                if reach > 0:
                    changed[r, c] = max(here, left, right, up, down)
                else:
                    changed[r, c] = min(here, left, right, up, down)
        strokes = changed
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
    sums, darkest = np.zeros(784, np.int64), np.int64(1)
    for r in range(max(off_r, 0), min(_CANVAS, _CANVAS + off_r)):
        for c in range(max(off_c, 0), min(_CANVAS, _CANVAS + off_c)):
            p = (r - off_r) // _FINE * 28 + (c - off_c) // _FINE
            sums[p] += strokes[r, c]
            darkest = max(darkest, sums[p])
    for p in range(784):
        pixels[p] = np.uint8(255 * sums[p] / darkest + 0.5)
