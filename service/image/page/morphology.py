"""Boxes on a page, and sliding maxima over grey pictures."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


class Box(NamedTuple):
    """Columns left..right-1 and rows top..bottom-1, in the order of Pillow's boxes."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def longest(self) -> int:
        """The longer side, in pixels."""
        return max(self.width, self.height)

    def grown(self, margin: int, shape: tuple[int, int]) -> "Box":
        """Return the box with a margin all round, as far as a (h, w) page reaches."""
        return Box(
            max(0, self.left - margin),
            max(0, self.top - margin),
            min(shape[1], self.right + margin),
            min(shape[0], self.bottom + margin),
        )

    def moved(self, right: int, down: int) -> "Box":
        """Return the box as far to the right and down."""
        return Box(
            self.left + right, self.top + down, self.right + right, self.bottom + down
        )

    def scaled(self, across: float, down: float) -> "Box":
        """Return the box on a page that is so many times as wide and as tall."""
        return Box(
            round(self.left * across),
            round(self.top * down),
            round(self.right * across),
            round(self.bottom * down),
        )

    def to_list(self) -> list[int]:
        """Return left, top, width and height, for JSON."""
        return [self.left, self.top, self.width, self.height]

    def joined(self, other: "Box") -> "Box":
        """Return the box round both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def of(self, page: NDArray[Any]) -> NDArray[Any]:
        """Return what lies in the box on a page (h, w)."""
        return page[self.top : self.bottom, self.left : self.right]


def running_max(values: Grey, window: int) -> Grey:
    """Return the largest value in the square window round each pixel (odd window)."""
    return running_max_down(running_max_down(values, window).T, window).T


def closing(grey: Grey, window: int) -> Grey:
    """Fill what is darker than its surroundings and narrower than the window."""
    return ~opening(~grey, window)


def opening(grey: Grey, window: int) -> Grey:
    """Flatten what is lighter than its surroundings and narrower than the window."""
    return running_max(~running_max(~grey, window), window)


def odd(size: float) -> int:
    """Return the nearest odd number, at least 3."""
    return max(3, 2 * int(size / 2) + 1)


def running_max_down(values: Grey, window: int) -> Grey:
    """Take the maximum over rows by doubling the reach, log2(window) times."""
    height = len(values)
    padded = np.zeros((height + window - 1, values.shape[1]), dtype=values.dtype)
    padded[window // 2 : window // 2 + height] = values
    reach = 1
    while reach < window:
        step = min(reach, window - reach)
        padded = np.maximum(padded[:-step], padded[step:])
        reach += step
    return padded
