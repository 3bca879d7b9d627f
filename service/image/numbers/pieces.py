"""The pieces that a line of ink is cut into, and which of them may make up a sign."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from service.image.choosing import Pixels
from service.image.numbers.cuts import cut
from service.image.page.binarisation import Binarisation
from service.image.page.components import Components, Indices, Mask
from service.image.page.morphology import Box, Grey, running_max

# A glyph is a digit from this probability on.
DIGIT: Final = 0.5
# What is as likely as this is not cut, nor is what is as narrow, by its height, and as
# likely as that: two digits that touch are hardly ever taken for one.
CERTAIN: Final = 0.8
NARROW: Final = 0.95
LIKELY: Final = 0.5
WIDEST_WHOLE: Final = 1.4
# What is wider than this, by its height, is a row of digits sooner than a drawing.
ROW: Final = 1.5
# Smaller ink, by the line's usual height, is not cut, and left out if it is no digit.
SMALL: Final = 0.5
# So wide, by its height, may a digit be at most, and of so many pieces.
WIDEST: Final = 1.3
MOST_PIECES: Final = 14
NARROWEST: Final = 6
# No more pieces than this in a line, however much there is to cut.
MOST_CUTS: Final = 80


class Glyph(NamedTuple):
    """One sign: its box on the page, its form (784,), how likely it is a digit."""

    box: Box
    pixels: Pixels
    probability: float


@dataclass(frozen=True)
class Unit:
    """Parts of a page that lie above each other, seen as one sign."""

    parts: Indices
    box: Box
    pixels: Pixels
    probability: float

    def glyph(self) -> Glyph:
        """As it is, not cut."""
        return Glyph(self.box, self.pixels, self.probability)

    @property
    def is_whole(self) -> bool:
        """Whether it is to be cut by no means."""
        enough = LIKELY if self.box.width < NARROW * self.box.height else CERTAIN
        wide = self.box.width > WIDEST_WHOLE * self.box.height
        return self.probability > enough and not wide


class Pieces(NamedTuple):
    """A line's ink (h, w) and its pieces, numbered from 1 in `labels` from the left.

    whole: whether a piece is a glyph of its own; crossed: how much ink was cut through
    between it and its right neighbour, as a share of the height; None for paper.
    """

    ink: Grey
    labels: Indices
    whole: list[bool]
    crossed: list[float | None]

    def ink_of(self, first: int, last: int, box: Box) -> Grey:
        """Return the ink of the pieces first..last-1 alone, in their box."""
        labels = box.of(self.labels)
        chosen = (labels > first) & (labels <= last)
        shape = running_max(chosen.view(np.uint8), 3) * ((labels == 0) | chosen)
        ink: Grey = box.of(self.ink) * shape
        return ink


def pieces_of(
    page: Binarisation, units: list[Unit], origin: Box, tall: float
) -> Pieces:
    """Cut what may be more than one digit."""
    ink = origin.of(page.ink)
    labels = np.zeros(ink.shape, dtype=np.intp)
    whole: list[bool] = []
    crossed: list[float | None] = []
    for unit in units:
        box = unit.box.moved(-origin.left, -origin.top)
        mask = page.parts.mask(unit.parts, unit.box)
        small = box.height < SMALL * tall or box.width < NARROWEST
        full = len(whole) > MOST_CUTS
        drawing = box.width < ROW * box.height and _encloses(page.parts, unit.parts)
        if unit.is_whole or small or full or drawing:
            box.of(labels)[mask] = len(whole) + 1
        else:
            cuts = cut(box.of(ink) * mask)
            sides, number = np.unique(cuts.left[mask], return_inverse=True)
            box.of(labels)[mask] = number + len(whole) + 1
            crossed += [float(cuts.costs[a:b].min()) for a, b in pairwise(sides)]
            whole += [False] * (len(sides) - 1)
        whole.append(unit.is_whole)
        crossed.append(None)
    return Pieces(ink, labels, whole, crossed)


def _encloses(parts: Components, chosen: Indices) -> bool:
    """Say whether one of the parts lies in another, as the eyes of a face do."""
    left, right = parts.left[chosen], parts.right[chosen]
    top, bottom = parts.top[chosen], parts.bottom[chosen]
    across = (left[:, None] < left) & (right[:, None] > right)
    return bool((across & (top[:, None] < top) & (bottom[:, None] > bottom)).any())


def spans_of(pieces: Pieces, tall: float) -> list[tuple[int, int, Box]]:
    """Return from which piece to which (first, last + 1) a glyph may reach."""
    count = len(pieces.whole)
    boxes = [_box_of(pieces.labels == label) for label in range(1, count + 1)]
    spans = []
    for first in range(count):
        box = boxes[first]
        for last in range(first, min(count, first + MOST_PIECES)):
            box = box.joined(boxes[last])
            alone = pieces.whole[first] or pieces.whole[last]
            if last > first and (alone or box.width > WIDEST * max(tall, box.height)):
                break
            spans.append((first, last + 1, box))
    return spans


def _box_of(mask: Mask) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
