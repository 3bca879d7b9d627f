"""Digits with a long line or in a box, as a form has them: no digit alone.

The service takes lines off a page; what it leaves of them should not look like a digit.
"""

from typing import Final

import numpy as np

from trainer.augmentation.non_digits.digits import (
    MIDDLE,
    TOP,
    Digits,
    paste_into_middle,
)
from trainer.augmentation.non_digits.pen import Canvases, blank, draw_lines

# To which such a line may belong.
_FOOTED: Final = (1,)
_BARRED: Final = (0, 1, 7)


def draw_lined(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """A digit with a long line under it, over it, through it, or beside it."""
    canvases, points = blank(n), np.empty((n, 2, 2))
    under, over, through, beside = np.array_split(np.arange(n), 4)
    feet = tuple(set(range(10)) - set(_FOOTED))
    bars = tuple(set(range(10)) - set(_BARRED))
    inks = [
        *digits.draw(len(under), rng, feet),
        *digits.draw(len(over), rng),
        *digits.draw(len(through), rng, bars),
        *digits.draw(len(beside), rng),
    ]
    height, width = np.array([ink.shape for ink in inks]).reshape(n, 2).T
    bottom, near = TOP + height, rng.uniform(0, 1, n)
    tilt, ends = rng.uniform(-1.5, 1.5, n), rng.uniform(5, 19, (2, n))
    rows = np.empty(n)
    rows[under] = (bottom - 2 + 3 * near)[under]
    rows[over] = (TOP + 1 - 3 * near)[over]
    rows[through] = (TOP + (0.25 + 0.5 * near) * height)[through]
    rows[beside] = 0
    points[:, :, 0] = np.stack([rows - tilt, rows + tilt], 1)
    points[:, :, 1] = np.stack([24 - ends[0], 40 + ends[1]], 1)
    aside = (width / 2 + 5 * near) * rng.choice([-1, 1], n)
    points[beside, :, 0] = np.stack([TOP + 4 - ends[0], bottom - 4 + ends[1]], 1)[
        beside
    ]
    points[beside, :, 1] = (MIDDLE + aside[:, None] + tilt[:, None] * [-1, 1])[beside]
    paste_into_middle(canvases, inks)
    return draw_lines(canvases, points, rng.uniform(0.5, 1.7, n))


def draw_boxed(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """A digit in a box, or in two or three sides of one."""
    canvases = blank(n)
    paste_into_middle(canvases, digits.draw(n, rng))
    top, left = rng.uniform(14, 20, (2, n))
    bottom, right = rng.uniform(44, 50, (2, n))
    corners = np.array([[top, left], [top, right], [bottom, right], [bottom, left]])
    order = (np.arange(5) + rng.integers(0, 4, (n, 1))) % 4
    points = corners.transpose(2, 0, 1)[np.arange(n)[:, None], order]
    sides = rng.integers(2, 5, (n, 1))
    points[np.arange(5) > sides] = np.nan
    return draw_lines(canvases, points, rng.uniform(0.5, 1.7, n))
