"""Long thin lines, as forms, boxes and squared paper have them, taken off a page."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.image.page.components import Components, Indices, Mask, find_components
from service.image.page.morphology import Box, Grey, odd, running_max, running_max_down

# Straight runs of at least this share of a part's width make up a line ...
RUN: Final = 0.15
SHORTEST_RUN: Final = 8
# ... if together they span so much of the part, and are so thin by their length, in so
# many of their columns.
SPAN: Final = 0.72
THIN: Final = 0.09
MOSTLY_THIN: Final = 0.35
# The lines of a part are as long as this, by the longest: a shorter one is a stroke.
AS_LONG: Final = 0.85
# Ink that is so much thicker than the line is a stroke that stands on it or crosses it.
THICKER: Final = 1.6
# So many times longer than what it leaves of a part must a line be, by its sides: else
# it is a stroke of a digit.
WIDER: Final = 1.4
AS_TALL: Final = 0.95
TALLER: Final = 1.08
# Two uprights are the sides of a box if they leave something as tall as this, by their
# length, or nothing; less are the arcs of a 0.
SIDES: Final = 2
NOT_ARCS: Final = 0.4
# The uprights of a comb are lower than the digits, by the tallest part, and alike: a
# twentieth and a pixel is the most that one differs from the next.
LOW: Final = 0.7
UNLIKE: Final = 20
# By so much of what it leaves, by its height, may a line end short of it; what is less
# than half as tall as the largest that it leaves does not count.
SHORT: Final = 0.1
HALF: Final = 0.5


class _Lines(NamedTuple):
    """Where (h, w) there is nothing but lines; of each part how many, and how long.

    first, last: from which column to which (exclusive) they reach, together; thickness:
    of the thickest.
    """

    mask: Mask
    number: Indices
    longest: Indices
    first: Indices
    last: Indices
    thickness: float


def without_lines(ink: Grey, parts: Components) -> Grey | None:
    """Return the ink (h, w) less the lines of its parts; None if it has none."""
    whole = Box(0, 0, *ink.shape[::-1])
    mask = parts.mask(np.arange(len(parts)), whole)
    across = _lines(mask, parts, parts.owner)
    upright = find_components(mask.T)
    stride = ink.shape[1] + 1
    at = upright.starts % (len(ink) + 1) * stride + upright.starts // (len(ink) + 1)
    down = _lines(mask.T, upright, parts.at(at))
    down = down._replace(mask=down.mask.T)
    if not (across.number.any() or down.number.any()):
        return None
    lined, ruled_down = _with_lines(mask, parts, across, down)
    erased = parts.mask(lined, whole) & across.mask
    erased |= parts.mask(ruled_down, whole) & down.mask
    if not erased.any():
        return None
    erased |= _ticks(mask & ~erased, erased, THICKER * across.thickness + 1)
    return ink * ~erased


def _with_lines(
    mask: Mask, parts: Components, across: _Lines, down: _Lines
) -> tuple[Mask, Mask]:
    """Say which parts have lines clearly longer than the most that they leave.

    First where to erase those across, then those down.
    """
    rest = find_components(mask & ~(across.mask | down.mask))
    part_of = np.zeros(len(rest), dtype=np.intp)
    part_of[rest.owner] = parts.at(rest.starts)
    by_area = np.argsort(rest.area)
    width, height = np.zeros((2, len(parts)), dtype=np.intp)
    width[part_of[by_area]] = rest.width[by_area]  # the largest comes last
    height[part_of[by_area]] = rest.height[by_area]
    wide = across.longest > np.maximum(WIDER * width, AS_TALL * height)
    left, right = np.full(len(parts), mask.shape[1]), np.zeros(len(parts), np.intp)
    tall = rest.height > HALF * height[part_of]
    np.minimum.at(left, part_of[tall], rest.left[tall])
    np.maximum.at(right, part_of[tall], rest.right[tall])
    # What ends short of the digits is the foot of one that joins it to another.
    wide &= across.first <= left + SHORT * height
    wide &= across.last >= right - SHORT * height
    # A lone upright is a 1, or half of a 4.
    box = (down.number >= SIDES) & (down.longest > TALLER * height)
    box &= (height == 0) | (height > NOT_ARCS * down.longest)
    squared = wide & (down.number > SIDES)
    return (wide & (across.number > 0)) | box, box | squared


def _ticks(mask: Mask, erased: Mask, widest: float) -> Mask:
    """Return where (h, w) the uprights of a comb are.

    They stand on what was erased, no wider than it is thick, low, and alike.
    """
    parts = find_components(mask)
    rows, columns = np.nonzero(mask & (running_max(erased.view(np.uint8), 3) > 0))
    stand = np.zeros(len(parts), dtype=bool)
    stand[parts.at(rows * (mask.shape[1] + 1) + columns)] = True
    low = parts.height < LOW * parts.height.max(initial=0)
    ticks = np.flatnonzero(stand & low & (parts.width <= widest))
    ticks = ticks[np.argsort(parts.height[ticks])]
    heights = parts.height[ticks]
    alike = np.diff(heights) <= 1 + heights[1:] // UNLIKE
    ticks = np.union1d(ticks[1:][alike], ticks[:-1][alike])
    shape = parts.mask(ticks, Box(0, 0, *mask.shape[::-1]))
    return running_max(shape.view(np.uint8), 3).view(bool)


def _lines(mask: Mask, runs: Components, part_of_run: Indices) -> _Lines:
    """Look for horizontal lines in the mask (h, w) by its runs."""
    height, width = mask.shape
    whole = Box(0, 0, width, height)
    parts = int(part_of_run.max(initial=-1)) + 1
    lengths = runs.ends - runs.starts
    straight = lengths >= np.maximum(RUN * runs.width, SHORTEST_RUN)[runs.owner]
    stretches = find_components(runs.mask_of_runs(straight, whole))
    spanned = np.zeros(len(stretches), dtype=np.intp)
    spanned[stretches.owner] = runs.width[runs.owner[straight]]
    thickness = _thickness(stretches)
    lines = (thickness > 0) & (stretches.width >= SPAN * spanned)
    none = np.zeros(parts, dtype=np.intp)
    if not lines.any():
        return _Lines(np.zeros_like(mask), none, none, none, none, 0)
    part_of = np.zeros(len(stretches), dtype=np.intp)
    part_of[stretches.owner] = part_of_run[straight]
    longest = none.copy()
    np.maximum.at(longest, part_of[lines], stretches.width[lines])
    lines &= stretches.width >= AS_LONG * longest[part_of]
    count = np.bincount(part_of[lines], minlength=parts)
    first, last = np.full(parts, width), none.copy()
    np.minimum.at(first, part_of[lines], stretches.left[lines])
    np.maximum.at(last, part_of[lines], stretches.right[lines])
    thickest = float(thickness[lines].max())
    window = odd(THICKER * thickest + 2)
    line = running_max_down(stretches.mask(lines, whole).view(np.uint8), 3)
    return _Lines(line > _thick(mask, window), count, longest, first, last, thickest)


def _thickness(stretches: Components) -> NDArray[np.float64]:
    """Return how thick each is in its thin columns; 0 if those are too few for a line.

    The digits that stand on a line are left out: they would make all of it thick.
    """
    count = len(stretches)
    first = np.concatenate([[0], np.cumsum(stretches.width + 1)])
    column = first[stretches.owner] - stretches.left[stretches.owner]
    row = stretches.starts // (stretches.shape[1] + 1) * (stretches.shape[1] + 1)
    steps = np.zeros(first[-1] + 1, dtype=np.intp)
    np.add.at(steps, column + stretches.starts - row, 1)
    np.add.at(steps, column + stretches.ends - row, -1)
    inked = np.cumsum(steps[:-1])
    of = np.repeat(np.arange(count), stretches.width + 1)
    thin = (inked > 0) & (inked < THIN * stretches.width[of])
    columns = np.bincount(of, thin, count)
    thickness = np.bincount(of, inked * thin, count) / np.maximum(columns, 1)
    return thickness * (columns > MOSTLY_THIN * stretches.width)


def _thick(mask: Mask, window: int) -> Grey:
    """Return 1 where the mask (h, w) is at least a window high, else 0."""
    margin = ((window, window), (0, 0))
    paper = np.pad((~mask).view(np.uint8), margin, constant_values=1)
    return running_max_down(1 - running_max_down(paper, window), window)[window:-window]
