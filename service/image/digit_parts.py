"""Which parts of the ink on a page make up the digit."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.image.components import Components, Indices
from service.image.furniture import (
    FLATTEST,
    Flags,
    Shares,
    furniture,
    leaning,
    never_digits,
    slabs,
)
from service.image.morphology import Box

# A digit is at least this share of the page's short side; less is a speck.
SPECK: Final = 0.03
# Strokes of one digit lie nearer to each other than this share of its length; a
# stroke of some weight, such as the bar of a 5, may lie further off than a dot.
NEAR: Final = 0.2
FAR: Final = 0.4
# A line so far below the digit, or above it and wider, underlines or frames it.
APART: Final = 0.06
# What the page's border cuts belongs to something else, unless it is as close as this.
CLOSE: Final = 0.05
# A part as tall as this share of the digit, beside it, is a second digit.
TALL: Final = 0.6


@dataclass(frozen=True)
class DigitParts:
    """The parts of one digit, the box round them, and what may be more digits."""

    parts: Indices
    box: Box
    rivals: Indices


def choose(parts: Components) -> DigitParts | None:
    """Return the most prominent digit: the largest part, and what belongs to it."""
    unwanted = furniture(parts)
    lean = leaning(parts)
    prominence = _prominence(parts, lean, unwanted)
    if not prominence.any():
        return None
    main = int(prominence.argmax())
    cut = parts.touching_border()
    sizeable = ~unwanted & ~slabs(parts) & (lean < 0.5)
    sizeable &= parts.area > 0.02 * parts.area[main]
    reach = np.where(parts.area > 0.2 * parts.area[main], FAR, NEAR)
    if not cut[main]:
        reach = np.where(cut, CLOSE, reach)
    group = np.arange(len(parts)) == main
    while True:
        box = box_of(parts, group)
        beside, gap = _gaps(parts, box)
        tall = parts.bottom - parts.top
        rival = (tall > TALL * (box.bottom - box.top)) & (beside > 0.05 * tall)
        joined = sizeable & ~rival & ~_lines(parts, box) & (gap < reach * box.longest)
        joined |= group
        if np.array_equal(joined, group):
            break
        group = joined
    rivals = rival & (parts.area > 0.3 * parts.area[main]) & (lean == 0)
    rivals &= ~unwanted & (tall < (box.bottom - box.top) / TALL)
    return DigitParts(np.flatnonzero(group), box, np.flatnonzero(rivals))


def box_of(parts: Components, chosen: NDArray[np.bool_] | Indices) -> Box:
    """Return the box round the chosen parts."""
    return Box(
        int(parts.left[chosen].min()),
        int(parts.top[chosen].min()),
        int(parts.right[chosen].max()),
        int(parts.bottom[chosen].max()),
    )


def _prominence(parts: Components, lean: Shares, unwanted: Flags) -> Shares:
    """Return how much each part looks like the digit: large, central, free-standing."""
    height, width = parts.shape
    size = parts.longest()
    x = np.abs((parts.left + parts.right) / width - 1)
    y = np.abs((parts.top + parts.bottom) / height - 1)
    speck = np.where(size < SPECK * min(height, width), 0.01, 1)
    prominence: Shares = (
        np.sqrt(parts.area * size)
        * (1 - 0.6 * np.maximum(x, y))
        * (1 - 0.85 * lean)
        * speck
        * np.where(unwanted, 0.05, 1)
        * ~never_digits(parts)
    )
    return prominence


def _lines(parts: Components, box: Box) -> Flags:
    """Say which parts are flat lines drawn under the box, or over it and wider."""
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    apart = APART * box.longest
    under = parts.top - box.bottom > apart
    over = (box.top - parts.bottom > apart) & (wide > box.right - box.left)
    lines: Flags = (under | over) & (wide > FLATTEST * tall)
    return lines


def _gaps(parts: Components, box: Box) -> tuple[Indices, Indices]:
    """Return how far each part lies beside the box, and from it either way."""
    beside = np.maximum(parts.left - box.right, box.left - parts.right)
    above = np.maximum(parts.top - box.bottom, box.top - parts.bottom)
    return beside, np.maximum(beside, above)
