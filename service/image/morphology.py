"""Sliding maxima over grey pictures, what is built on them, and boxes."""

from typing import NamedTuple

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
    def longest(self) -> int:
        """The longer side, in pixels."""
        return max(self.right - self.left, self.bottom - self.top)

    def grown(self, margin: int, shape: tuple[int, int]) -> "Box":
        """Return the box with a margin all round, as far as a (h, w) page reaches."""
        return Box(
            max(0, self.left - margin),
            max(0, self.top - margin),
            min(shape[1], self.right + margin),
            min(shape[0], self.bottom + margin),
        )

    def holds(self, other: "Box") -> bool:
        """Say whether the other box lies in this one."""
        begins = self.left <= other.left and self.top <= other.top
        return begins and self.right >= other.right and self.bottom >= other.bottom

    def sides_of(self, shape: tuple[int, int]) -> int:
        """Return how many of the four sides of a (h, w) page the box touches."""
        begins = (self.left == 0) + (self.top == 0)
        return begins + (self.right == shape[1]) + (self.bottom == shape[0])

    def of(self, page: Grey) -> Grey:
        """Return what lies in the box on a page (h, w)."""
        return page[self.top : self.bottom, self.left : self.right]


def running_max(values: Grey, window: int) -> Grey:
    """Return the largest value in the square window round each pixel (odd window)."""
    return _running_max_rows(_running_max_rows(values, window).T, window).T


def closing(grey: Grey, window: int) -> Grey:
    """Fill what is darker than its surroundings and narrower than the window."""
    return ~opening(~grey, window)


def opening(grey: Grey, window: int) -> Grey:
    """Flatten what is lighter than its surroundings and narrower than the window."""
    return running_max(~running_max(~grey, window), window)


def odd(size: float) -> int:
    """Return the nearest odd number, at least 3."""
    return max(3, 2 * int(size / 2) + 1)


def _running_max_rows(values: Grey, window: int) -> Grey:
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
