"""How a shape found in a picture is outlined: sharply or not, straight or not."""

from typing import Final

import numpy as np

from service.image.components import Mask
from service.image.morphology import Grey, running_max

# Smaller shapes are too coarse to tell a sheet's sides from a digit's.
SMALLEST_SHEET: Final = 40
# How far a straight side may bend, as a share of the shape's width.
BEND: Final = 0.02


def sharpness(picture: Grey, shape: Mask) -> float:
    """Return which share of a shape's outline is an edge of the picture (h, w) too.

    1 for a stroke, whose ink ends all around where the picture's does; much less
    for a shadow or for the hollow of a stroke that was taken for paper.
    """
    rim = running_max(shape.view(np.uint8), 3) > shape
    if not rim.any():
        return 0.0
    steps = _steps(picture)[rim]
    return float((steps > 0.4 * np.percentile(steps, 90)).mean())


def distinctness(picture: Grey, shape: Mask) -> float:
    """Return how much steeper the outline is than the paper's grain, as a ratio.

    picture: (h, w) with the shape and what surrounds it; without paper the grain
    is unknown and taken for none.
    """
    near = running_max(shape.view(np.uint8), 3) > 0
    paper = running_max(shape.view(np.uint8), 7) == 0
    steps = _steps(picture)
    grain = np.median(steps[paper]) if paper.mean() > 0.1 else 0
    return float(np.median(steps[near & ~shape]) / (grain + 1))


def is_sheet(shape: Mask) -> bool:
    """Say whether a shape (h, w) has four straight sides, as a sheet or panel has."""
    if min(shape.shape) < SMALLEST_SHEET or shape.mean() < 0.4:
        return False
    sides = (shape, shape[:, ::-1], shape.T, shape.T[:, ::-1])
    return all(_is_straight(side) for side in sides)


def _steps(picture: Grey) -> Grey:
    """Return how far the levels reach in the 5x5 pixels round each pixel."""
    return running_max(picture, 5) - ~running_max(~picture, 5)


def _is_straight(shape: Mask) -> bool:
    """Say whether the left side of a shape is a straight line, corners left out."""
    length, depth = shape.shape
    middle = shape[length // 8 : length - length // 8]
    side = middle.argmax(axis=1)
    at = np.arange(len(side)) - (len(side) - 1) / 2
    slope = float(at @ side) / float(at @ at)
    bend = np.abs(side - side.mean() - slope * at).mean()
    return bool(middle.any(axis=1).all() and bend < BEND * depth + 0.5)
