"""How a shape found in a picture is outlined: sharply or not, straight or not."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.image.components import Mask
from service.image.morphology import Grey, running_max
from service.image.shades import percentile

# Smaller shapes are too coarse to tell a sheet's sides from a digit's.
SMALLEST_SHEET: Final = 40
# How far a straight side may bend, as a share of the shape's width.
BEND: Final = 0.02
MOSTLY: Final = 0.7
# The line along a side settles when it is fitted to its nearer half a few times.
FIT_STEPS: Final = 3
# A sheet covers at least this share of its box, however it is turned.
COVERED: Final = 0.4


class Outline(NamedTuple):
    """How a shape's outline stands out from what surrounds it.

    sharpness: which share of the outline is an edge of the picture too: 1 for a
    stroke, whose ink ends all around where the picture's does; much less for a
    shadow or for the hollow of a stroke that was taken for paper.
    distinctness: how much steeper the outline is than the paper's grain, as a ratio;
    without paper the grain is unknown and taken for none.
    """

    sharpness: float
    distinctness: float


def outline(picture: Grey, shape: Mask) -> Outline:
    """Compare a shape's outline with the picture (h, w) that it was found in."""
    ink = shape.view(np.uint8)
    rim = running_max(ink, 3) > ink
    if not rim.any():
        return Outline(0.0, 0.0)
    paper = running_max(ink, 7) == 0
    steps = running_max(picture, 5) - ~running_max(~picture, 5)
    at_rim = np.bincount(steps[rim], minlength=256)
    steep = percentile(at_rim, 0.9)
    grain = 0
    if np.count_nonzero(paper) > 0.1 * paper.size:
        grain = _median(steps[paper])
    return Outline(
        float(at_rim[int(0.4 * steep) + 1 :].sum() / at_rim.sum()),
        percentile(at_rim, 0.5) / (grain + 1),
    )


def is_sheet(shape: Mask) -> bool:
    """Say whether a shape (h, w) has four straight sides, as a sheet or panel has."""
    if min(shape.shape) < SMALLEST_SHEET or shape.mean() < COVERED:
        return False
    sides = (shape, shape[:, ::-1], shape.T, shape.T[:, ::-1])
    return all(_is_straight(side) for side in sides)


def _median(levels: NDArray[np.uint8]) -> int:
    return percentile(np.bincount(levels, minlength=256), 0.5)


def _is_straight(shape: Mask) -> bool:
    """Say whether the left side of a shape is mostly one straight line.

    The corners are left out, and what a digit that lies across the side cuts away.
    """
    length, depth = shape.shape
    middle = shape[length // 5 : length - length // 5]
    side, at = middle.argmax(axis=1), np.arange(len(middle))
    off = np.abs(side - np.median(side))
    for _ in range(FIT_STEPS):
        near = off <= np.median(off)
        off = np.abs(side - np.polyval(np.polyfit(at[near], side[near], 1), at))
    straight = off < BEND * depth + 1
    return bool(middle.any(axis=1).all() and straight.mean() > MOSTLY)
