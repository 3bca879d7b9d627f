"""Parts of digits that are no digit.

Each function makes `n` canvases, all different, from digits that it draws at random.
"""

from typing import Final

import numpy as np

from trainer.augmentation.non_digits.digits import TOP, Digits, paste
from trainer.augmentation.non_digits.pen import SIDE, Canvases, blank
from trainer.augmentation.strokes import INK

# What is left of the others may be a digit: half an 8 is a 0, half a 7 is a 1.
_UPPER_HALVES: Final = (0, 4, 5)
_LOWER_HALVES: Final = (0, 2)
_LEFT_SIDES: Final = (2, 3, 4, 5, 7, 8)
_RIGHT_SIDES: Final = (2, 5)
_WITH_HOLES: Final = (0, 6, 8, 9)


def draw_sides(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """The left or the right of a digit, where a reader knows no digit in it."""
    canvases = blank(n)
    left, right = np.array_split(canvases, [int(0.7 * n)])
    for canvas, ink in zip(left, digits.draw(len(left), rng, _LEFT_SIDES), strict=True):
        paste(
            canvas, ink[:, : int(rng.uniform(0.35, 0.6) * ink.shape[1]) + 1], TOP, TOP
        )
    for canvas, ink in zip(
        right, digits.draw(len(right), rng, _RIGHT_SIDES), strict=True
    ):
        paste(canvas, ink[:, int(rng.uniform(0.4, 0.65) * ink.shape[1]) :], TOP, TOP)
    return canvases


def draw_halves(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """The upper or the lower half of a digit, where a reader knows no digit in it."""
    canvases = blank(n)
    upper, lower = np.array_split(canvases, 2)
    for canvas, ink in zip(
        upper, digits.draw(len(upper), rng, _UPPER_HALVES), strict=True
    ):
        paste(canvas, ink[: int(rng.uniform(0.4, 0.6) * len(ink)) + 1], TOP, TOP)
    for canvas, ink in zip(
        lower, digits.draw(len(lower), rng, _LOWER_HALVES), strict=True
    ):
        paste(canvas, ink[int(rng.uniform(0.4, 0.6) * len(ink)) :], TOP, TOP)
    return canvases


def draw_holes(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """The paper that a digit encloses, made wide: a tall hole would be a 1."""
    # It takes half a second to load, which no other command should wait for.
    from scipy.ndimage import binary_fill_holes  # noqa: PLC0415

    canvases = blank(n)
    for canvas, ink in zip(canvases, digits.draw(n, rng, _WITH_HOLES), strict=True):
        hole = binary_fill_holes(ink > INK) & (ink <= INK)
        hole |= not hole.any()  # a loop that is not closed
        wide = hole.repeat(rng.integers(2, 4), axis=1)[:, :SIDE]
        canvas[: len(wide), : wide.shape[1]] = 255 * wide
    return canvases
