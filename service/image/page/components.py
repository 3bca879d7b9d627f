"""The connected parts of a black-and-white picture, found by its runs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.image.page.morphology import Box, Grey, running_max

Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Components:
    """Every 8-connected part of a mask; arrays have one entry a part.

    A part's box is rows top..bottom-1 and columns left..right-1. Of the runs that the
    parts are made of, each has its first place, the place after its last (both in rows
    of one more column than the mask has), and its part.
    """

    shape: tuple[int, int]
    starts: Indices
    ends: Indices
    owner: Indices
    area: Indices
    top: Indices
    bottom: Indices
    left: Indices
    right: Indices

    def __len__(self) -> int:
        return len(self.area)

    @property
    def width(self) -> Indices:
        """Of each part's box."""
        return self.right - self.left

    @property
    def height(self) -> Indices:
        """Of each part's box."""
        return self.bottom - self.top

    @property
    def longest(self) -> Indices:
        """The longer side of each part's box."""
        longest: Indices = np.maximum(self.height, self.width)
        return longest

    def box(self, chosen: Indices | Mask) -> Box:
        """Return the box round the chosen parts, at least one."""
        return Box(
            int(self.left[chosen].min()),
            int(self.top[chosen].min()),
            int(self.right[chosen].max()),
            int(self.bottom[chosen].max()),
        )

    def at(self, places: Indices) -> Indices:
        """Return the parts that have ink at those places, counted as runs' are."""
        runs = np.searchsorted(self.starts, places, side="right") - 1
        owners: Indices = self.owner[runs]
        return owners

    def meeting(self, box: Box) -> Mask:
        """Say of each part whether its box has a pixel in common with another."""
        across = (self.left < box.right) & (self.right > box.left)
        meeting: Mask = across & (self.top < box.bottom) & (self.bottom > box.top)
        return meeting

    def mask(self, chosen: Indices | Mask, box: Box) -> Mask:
        """Return the mask of the chosen parts alone, in a box that holds them whole."""
        flags = np.zeros(len(self), dtype=bool)
        flags[chosen] = True
        return self.mask_of_runs(flags[self.owner], box)

    def mask_of_runs(self, kept: Mask, box: Box) -> Mask:
        """Return the mask of some of the runs, in a box whose rows hold them all."""
        stride = self.shape[1] + 1
        first = box.top * stride
        steps = np.zeros((box.bottom - box.top) * stride + 1, dtype=np.int8)
        steps[self.starts[kept] - first] = 1
        steps[self.ends[kept] - first] = -1
        filled = np.cumsum(steps[:-1], dtype=np.int8).view(bool)
        return filled.reshape(-1, stride)[:, box.left : box.right]

    def cut_out(self, ink: Grey, least: int, chosen: Indices | Mask, box: Box) -> Grey:
        """Return the ink of some parts alone, cut to what of it is over the least.

        The greys next to the parts are their soft edges.
        """
        around = box.grown(2, self.shape)
        alone = around.of(ink)
        others = self.meeting(around)
        others[chosen] = False
        if others.any():
            shape = self.mask(chosen, around).view(np.uint8)
            alone = alone * running_max(shape, 3)
        dark = alone > least
        rows, columns = (np.flatnonzero(dark.any(axis=axis)) for axis in (1, 0))
        return alone[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def find_components(mask: Mask) -> Components:
    """Label the 8-connected parts of a mask of shape (h, w).

    The mask becomes horizontal runs, touching runs of neighbouring rows are
    joined, and the joined runs are one part: the work grows with the number of
    runs, not of pixels.
    """
    height, width = mask.shape
    stride = width + 1  # an empty column keeps the runs of two rows apart
    padded = np.zeros(height * stride + 1, dtype=bool)
    padded[1:].reshape(height, stride)[:, :width] = mask
    edges = (padded[1:] != padded[:-1]).nonzero()[0]
    starts, ends = edges[::2], edges[1::2]
    owner, count = _joined(len(starts), *_touching(starts, ends, stride))
    rows = starts // stride
    left, top = np.full(count, width), np.full(count, height)
    right, bottom = np.zeros(count, dtype=np.intp), np.zeros(count, dtype=np.intp)
    np.minimum.at(left, owner, starts - rows * stride)
    np.maximum.at(right, owner, ends - rows * stride)
    np.minimum.at(top, owner, rows)
    np.maximum.at(bottom, owner, rows + 1)
    area = np.bincount(owner, weights=ends - starts, minlength=count).astype(np.intp)
    return Components(
        (height, width), starts, ends, owner, area, top, bottom, left, right
    )


def _touching(starts: Indices, ends: Indices, stride: int) -> tuple[Indices, Indices]:
    """Return the pairs (upper run, lower run) that touch, corners included."""
    first = np.searchsorted(ends, starts + stride, side="left")
    last = np.searchsorted(starts, ends + stride, side="right")
    counts = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(len(starts)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return upper, np.repeat(first, counts) + within


def _joined(count: int, upper: Indices, lower: Indices) -> tuple[Indices, int]:
    """Number the sets that the pairs join, from 0, by the least member; how many.

    Every run points at the least run known to be in its set; pairs lower each
    other's pointers and the pointers are followed to their ends until all agree.
    """
    least = np.arange(count)
    while True:
        a, b = least[upper], least[lower]
        apart = a != b
        if not apart.any():
            break
        np.minimum.at(least, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while not np.array_equal(jumped := least[least], least):
            least = jumped
    numbers = (least == np.arange(count)).cumsum()
    return numbers[least] - 1, int(numbers[-1]) if count else 0
