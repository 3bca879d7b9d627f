"""What other people write otherwise than MNIST's: a flag, a foot, a bar, a curl.

MNIST's writers are Americans of the 1990s. Elsewhere a 1 begins with a flag and may
stand on a foot, a 7 has a bar, a 9 ends in a curl; a network that has seen none of them
reads such 1s as 7s, such 7s as 2s, such 9s as 3s.
"""

from typing import Any

from numba import njit

from trainer.augmentation.strokes import extent, stem, stroke


@njit(cache=True, nogil=True)
def add_habits(pixels: Any, labels: Any, chosen: Any, parameters: Any) -> None:
    """Draw its habit into each of the chosen 1s, 7s and 9s, in place.

    pixels: (n, 784) uint8; labels: (n,); chosen: (n,) bool; parameters: (n, 4), each
    from 0 to 1: lengths, an angle, and the stroke.
    """
    for i in range(len(pixels)):
        if chosen[i]:
            digit = pixels[i].reshape(28, 28)
            if labels[i] == 1:
                _flag(digit, parameters[i])
            elif labels[i] == 7:
                _bar(digit, parameters[i])
            elif labels[i] == 9:
                _curl(digit, parameters[i])


@njit(cache=True, nogil=True)
def _flag(digit: Any, parameters: Any) -> None:
    """A stroke from a 1's top down to the left; every second one gets a foot, too."""
    top, bottom, _, _ = extent(digit)
    height, width = bottom - top, 0.7 + 0.9 * parameters[3]
    column, reach = stem(digit, top), (0.2 + 0.25 * parameters[0]) * height
    drop = reach * (0.5 + parameters[1])
    stroke(digit, (top + 0.5, column), (top + drop, column - reach), width)
    if parameters[2] < 0.5:
        foot, side = stem(digit, bottom - 2), (0.15 + 0.3 * parameters[2]) * height
        row = float(bottom)
        stroke(digit, (row, foot - side), (row, foot + side), width)


@njit(cache=True, nogil=True)
def _bar(digit: Any, parameters: Any) -> None:
    """A stroke across the middle of a 7's stem."""
    top, bottom, _, _ = extent(digit)
    height = bottom - top
    row = top + (0.42 + 0.2 * parameters[0]) * height
    column, side = stem(digit, int(row) - 1), (0.15 + 0.2 * parameters[1]) * height
    tilt = (parameters[2] - 0.5) * side
    width = 0.7 + 0.9 * parameters[3]
    stroke(digit, (row + tilt, column - side), (row - tilt, column + side), width)


@njit(cache=True, nogil=True)
def _curl(digit: Any, parameters: Any) -> None:
    """A 9's end goes on to the left, and up."""
    top, bottom, _, _ = extent(digit)
    height, width = bottom - top, 0.7 + 0.9 * parameters[3]
    column, reach = stem(digit, bottom - 2), (0.2 + 0.2 * parameters[0]) * height
    turn = (float(bottom), column - 0.6 * reach)
    end = (bottom - (0.1 + 0.15 * parameters[1]) * height, column - 1.3 * reach)
    stroke(digit, (bottom - 0.5, column), turn, width)
    stroke(digit, turn, end, width)
