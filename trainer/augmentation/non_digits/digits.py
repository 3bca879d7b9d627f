"""Digits to take apart, and laying their ink on canvases."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.non_digits.pen import SIDE, Canvases
from trainer.augmentation.strokes import INK

MIDDLE: Final = SIDE // 2
TOP: Final = 22  # of a digit that stands in the middle of a canvas

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
        return [cropped(picture) for picture in self.pixels[chosen].reshape(-1, 28, 28)]


def cropped(picture: NDArray[np.uint8]) -> Ink:
    ink = picture > INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return picture
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def paste(canvas: NDArray[np.uint8], ink: Ink, top: int, left: int) -> None:
    """Lay ink over a canvas, cut off at its right; the darker counts."""
    place = canvas[top : top + len(ink), max(left, 0) : max(left, 0) + ink.shape[1]]
    np.maximum(place, ink[: len(place), : place.shape[1]], out=place)


def paste_into_middle(canvases: Canvases, inks: list[Ink]) -> None:
    for canvas, ink in zip(canvases, inks, strict=True):
        paste(canvas, ink, TOP, MIDDLE - ink.shape[1] // 2)
