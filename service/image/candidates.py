"""What on a binarised page may be the digit: parts alone and together."""

from typing import Final, NamedTuple

import numpy as np

from service.image.grouping import FLATTEST, SMALLEST, gaps, groups, within
from service.image.page.binarisation import Binarisation
from service.image.page.components import Components, Mask
from service.image.page.morphology import Box, Grey

# Ink that a candidate leaves out speaks against it if it lies so near, by its length.
AROUND: Final = 0.5
# What speaks against a candidate, as logarithms of a probability.
SIZE: Final = 0.5  # times the logarithm of its share of the page's length
SIDE_TOUCHED: Final = -0.5
LEFT_OUT: Final = -1.2
MOST_LEFT_OUT: Final = 2.0
RING: Final = -1.5
# What is in a ring, and smaller than this by its length, is a part of it.
SMALL_IN_IT: Final = 0.35
# On a sheet of another shade lies what has so much of it around.
MOSTLY: Final = 0.4


class Candidate(NamedTuple):
    """Some parts of a page that may be a digit.

    parts: which of the page's; box: what they fill; ink: theirs alone; prior: how
    likely they are, by size and place, to be what was meant; doubt: how much what they
    leave out lowers the confidence. Both are logarithms of probabilities.
    """

    page: Binarisation
    parts: Mask
    box: Box
    ink: Grey
    prior: float
    doubt: float

    @property
    def sides(self) -> int:
        """How many sides of the page it touches."""
        return _sides(self.box, self.page.ink.shape)


def candidates(page: Binarisation) -> list[Candidate]:
    """Return the candidates of a page, each set of parts once."""
    parts = page.parts
    boxes = [(group, parts.box(group)) for group in groups(parts)]
    judged = [
        (group, box, page.prior + _prior(parts.shape, box), _doubt(parts, group, box))
        for group, box in boxes
        if box.height >= SMALLEST
        and box.width <= FLATTEST * box.height
        and may_hold(page, box)
    ]
    return [
        Candidate(
            page,
            group,
            box,
            parts.cut_out(page.ink, page.level // 2, group, box),
            prior,
            doubt,
        )
        for group, box, prior, doubt in judged
    ]


def may_hold(page: Binarisation, box: Box) -> bool:
    """Say whether what lies in a box is on the sheet, if there has to be one."""
    return page.sheet is None or bool(box.of(page.sheet).mean() > MOSTLY)


def _prior(shape: tuple[int, int], box: Box) -> float:
    size = float(np.log(box.longest / max(shape)))
    return SIZE * size + SIDE_TOUCHED * _sides(box, shape)


def _sides(box: Box, shape: tuple[int, ...]) -> int:
    height, width = shape
    ends = box.left == 0, box.top == 0, box.right == width, box.bottom == height
    return sum(ends)


def _doubt(parts: Components, group: Mask, box: Box) -> float:
    """Return how much the ink near a box speaks against what leaves it out."""
    around = (parts.left < box.left) & (parts.right > box.right)
    around &= (parts.top < box.top) & (parts.bottom > box.bottom)
    left_out = (gaps(parts, box)[1] < AROUND * box.longest) & ~group & ~around
    share = float(parts.area[left_out].sum() / parts.area[group].sum())
    inside = left_out & within(parts, box) & (parts.longest > SMALL_IN_IT * box.longest)
    return LEFT_OUT * min(share, MOST_LEFT_OUT) + RING * bool(inside.any())
