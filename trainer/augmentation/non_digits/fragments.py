"""Parts of digits, digits in a row and digits with lines: none is a single digit.

Each function makes `n` canvases, all different, from digits that it draws at random.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.non_digits.pen import SIDE, Canvases, blank, draw_lines
from trainer.augmentation.strokes import INK

_MIDDLE = SIDE // 2
_TOP = 22  # of a digit that stands in the middle of a canvas
# What is left of the others may be a digit: half an 8 is a 0, half a 7 is a 1.
_UPPER_HALVES, _LOWER_HALVES = (0, 4, 5), (0, 2)
_WITH_HOLES = (0, 6, 8, 9)
_FOOTED, _BARRED = (1,), (0, 1, 7)  # to which such a line may belong

Ink = NDArray[np.uint8]  # (height, width), a digit without the paper around it


@dataclass(frozen=True)
class Digits:
    """Digits to choose from: pixels (n, 784) uint8, labels (n,)."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def draw(
        self, n: int, rng: np.random.Generator, labels: tuple[int, ...] = ()
    ) -> list[Ink]:
        """So many of them, of these labels if there are any such."""
        fit = np.flatnonzero(np.isin(self.labels, labels))
        chosen = (
            rng.choice(fit, n) if len(fit) else rng.integers(len(self.labels), size=n)
        )
        return [
            _cropped(picture) for picture in self.pixels[chosen].reshape(-1, 28, 28)
        ]


def draw_numbers(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """Two or three digits side by side, apart or touching."""
    canvases = blank(n)
    for canvas in canvases:
        right = 0
        for ink in digits.draw(3 if rng.random() < 0.2 else 2, rng):
            gap = int(rng.integers(-2, 6)) if right else 0
            top = _MIDDLE - len(ink) // 2 + int(rng.integers(-3, 4))
            _paste(canvas, ink, top, right + gap)
            right += gap + ink.shape[1]
    return canvases


def draw_neighbours(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """The right of one digit with the left of the next: a number cut wrongly."""
    canvases = blank(n)
    shares, offsets = rng.uniform(0.35, 0.7, (n, 2)), rng.integers(-3, 5, (n, 2))
    inks = digits.draw(2 * n, rng)
    for i, canvas in enumerate(canvases):
        one, other = inks[2 * i : 2 * i + 2]
        left = one[:, -max(int(shares[i, 0] * one.shape[1]), 2) :]
        right = other[:, : max(int(shares[i, 1] * other.shape[1]), 2)]
        _paste(canvas, left, _TOP, 10)
        _paste(canvas, right, _TOP + offsets[i, 0], 10 + left.shape[1] + offsets[i, 1])
    return canvases


def draw_halves(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """The upper or the lower half of a digit, where a reader knows no digit in it."""
    canvases = blank(n)
    upper, lower = np.array_split(canvases, 2)
    for canvas, ink in zip(
        upper, digits.draw(len(upper), rng, _UPPER_HALVES), strict=True
    ):
        _paste(canvas, ink[: int(rng.uniform(0.4, 0.6) * len(ink)) + 1], _TOP, _TOP)
    for canvas, ink in zip(
        lower, digits.draw(len(lower), rng, _LOWER_HALVES), strict=True
    ):
        _paste(canvas, ink[int(rng.uniform(0.4, 0.6) * len(ink)) :], _TOP, _TOP)
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
    bottom, near = _TOP + height, rng.uniform(0, 1, n)
    tilt, ends = rng.uniform(-1.5, 1.5, n), rng.uniform(5, 19, (2, n))
    rows = np.empty(n)
    rows[under] = (bottom - 2 + 3 * near)[under]
    rows[over] = (_TOP + 1 - 3 * near)[over]
    rows[through] = (_TOP + (0.25 + 0.5 * near) * height)[through]
    rows[beside] = 0
    points[:, :, 0] = np.stack([rows - tilt, rows + tilt], 1)
    points[:, :, 1] = np.stack([24 - ends[0], 40 + ends[1]], 1)
    aside = (width / 2 + 5 * near) * rng.choice([-1, 1], n)
    points[beside, :, 0] = np.stack([_TOP + 4 - ends[0], bottom - 4 + ends[1]], 1)[
        beside
    ]
    points[beside, :, 1] = (_MIDDLE + aside[:, None] + tilt[:, None] * [-1, 1])[beside]
    _paste_into_middle(canvases, inks)
    return draw_lines(canvases, points, rng.uniform(0.5, 1.7, n))


def draw_boxed(digits: Digits, n: int, rng: np.random.Generator) -> Canvases:
    """A digit in a box, or in two or three sides of one."""
    canvases = blank(n)
    _paste_into_middle(canvases, digits.draw(n, rng))
    top, left = rng.uniform(14, 20, (2, n))
    bottom, right = rng.uniform(44, 50, (2, n))
    corners = np.array([[top, left], [top, right], [bottom, right], [bottom, left]])
    order = (np.arange(5) + rng.integers(0, 4, (n, 1))) % 4
    points = corners.transpose(2, 0, 1)[np.arange(n)[:, None], order]
    sides = rng.integers(2, 5, (n, 1))
    points[np.arange(5) > sides] = np.nan
    return draw_lines(canvases, points, rng.uniform(0.5, 1.7, n))


def _cropped(picture: NDArray[np.uint8]) -> Ink:
    ink = picture > INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return picture
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _paste_into_middle(canvases: Canvases, inks: list[Ink]) -> None:
    for canvas, ink in zip(canvases, inks, strict=True):
        _paste(canvas, ink, _TOP, _MIDDLE - ink.shape[1] // 2)


def _paste(canvas: NDArray[np.uint8], ink: Ink, top: int, left: int) -> None:
    """Lay ink over a canvas, cut off at its right; the darker counts."""
    place = canvas[top : top + len(ink), max(left, 0) : max(left, 0) + ink.shape[1]]
    np.maximum(place, ink[: len(place), : place.shape[1]], out=place)
