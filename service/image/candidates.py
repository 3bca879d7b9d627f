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
SIDE_TOUCHED: Final = -0.5
OFF_THE_MIDDLE: Final = -0.5
BAR: Final = -1.0
RINGED: Final = -0.3
LEFT_OUT: Final = -1.2
MOST_LEFT_OUT: Final = 2.0
RING: Final = -1.5
# What is in a ring or a box, and smaller than this by its length, is a part of it.
SMALL_IN_IT: Final = 0.35
# What covers so much of the page is the page.
PAGE: Final = 0.8
# A bar fills so much of its box, and is so much longer than wide.
FILLED: Final = 0.8
SLIM: Final = 3.0
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
        (group, box, page.prior + _prior(parts, group, box), _doubt(parts, group, box))
        for group, box in boxes
        if box.height >= SMALLEST
        and box.width <= FLATTEST * box.height
        and parts.area[group].sum() < PAGE * page.ink.size
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


def _prior(parts: Components, group: Mask, box: Box) -> float:
    height, width = parts.shape
    off_x = abs((box.left + box.right) / width - 1)
    off_y = abs((box.top + box.bottom) / height - 1)
    area = int(parts.area[group].sum())
    slim = box.height > SLIM * box.width
    bar = slim and area > FILLED * box.width * box.height and not group.all()
    return (
        0.5 * float(np.log(box.longest / max(height, width)))
        + SIDE_TOUCHED * _sides(box, parts.shape)
        + OFF_THE_MIDDLE * max(off_x, off_y) ** 2
        + BAR * bar
        + RINGED * _is_ringed(parts, group, box)
    )


def _sides(box: Box, shape: tuple[int, ...]) -> int:
    height, width = shape
    ends = box.left == 0, box.top == 0, box.right == width, box.bottom == height
    return sum(ends)


def _is_ringed(parts: Components, group: Mask, box: Box) -> bool:
    """Say whether a part of some size lies in another one of the group."""
    ring = group & _spanning(parts, box)
    inner = group & ~ring & (parts.longest > SMALL_IN_IT * box.longest)
    return bool(ring.any() and inner.any())


def _doubt(parts: Components, group: Mask, box: Box) -> float:
    if group.all():
        return 0.0
    around = (parts.left < box.left) & (parts.right > box.right)
    around &= (parts.top < box.top) & (parts.bottom > box.bottom)
    far_larger = around & (parts.longest * SMALL_IN_IT > box.longest)
    far_larger &= ~_along_border(parts) & ~group
    left_out = (gaps(parts, box)[1] < AROUND * box.longest) & ~group & ~around
    share = parts.area[left_out].sum() / parts.area[group].sum()
    large = parts.longest > SMALL_IN_IT * box.longest
    inside = left_out & within(parts, box) & large
    rings = bool(inside.any() or far_larger.any())
    return LEFT_OUT * min(float(share), MOST_LEFT_OUT) + RING * rings


def _along_border(parts: Components) -> Mask:
    """Say which parts lie along two sides of the page that face each other."""
    height, width = parts.shape
    across = (parts.left == 0) & (parts.right == width)
    along: Mask = across | ((parts.top == 0) & (parts.bottom == height))
    return along


def _spanning(parts: Components, box: Box) -> Mask:
    """Say of each part whether it reaches all four sides of a box that holds it."""
    across = (parts.left == box.left) & (parts.right == box.right)
    spanning: Mask = across & (parts.top == box.top) & (parts.bottom == box.bottom)
    return spanning
