"""The digit that one reading of a page shows."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from service.image.components import Components, Mask, find_components
from service.image.digit_parts import DigitParts, box_of, choose
from service.image.morphology import Box, Grey, running_max
from service.image.outline import is_sheet, outline
from service.image.reading import Reading, without_furniture
from service.image.shades import stroke_level

# So sharp an outline leaves no doubt that the paper was told from the ink.
CERTAIN: Final = 0.85
# So much steeper than the paper's grain is the outline of ink.
DISTINCT: Final = 2.0
# What is at least so long, by the digit's length, and no part of it is something else.
SOMETHING: Final = 0.25
# So far from a digit, by its length, there is paper; if there is mostly ink, then what
# was found may be the hole of a larger digit.
ROUND_ABOUT: Final = 1.0
MOSTLY: Final = 0.6
# A shape with less than so much more area in a box of the same size is the same.
FULLER: Final = 1.3


@dataclass(frozen=True)
class Found:
    """A digit in a reading, and how it was found.

    page: the reading with its furniture; digits: how many were seen; sharpness: of
    its outline, 0 to 1; sheet: the part that may be a sheet of paper or a panel, if
    there is one.
    """

    page: Reading
    reading: Reading
    chosen: DigitParts
    digits: int
    sharpness: float
    sheet: int | None

    @property
    def box(self) -> Box:
        """Where the digit is on the page."""
        return self.chosen.box

    @property
    def is_hole(self) -> bool:
        """Whether ink lies all round the digit, and not at the page's border only."""
        margin = int(ROUND_ABOUT * self.box.longest)
        around = self.box.grown(margin, self.page.ink.shape)
        if around.sides_of(self.page.ink.shape):
            return False
        ink = around.of(self.page.ink) >= self.page.level
        rim = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
        return bool(rim.mean() > MOSTLY)

    @property
    def area(self) -> int:
        """How many pixels of ink the digit has."""
        return int(self.reading.parts.area[self.chosen.parts].sum())

    @property
    def fullness(self) -> float:
        """How much of the digit's box is ink, 0 to 1."""
        box = self.box
        return self.area / ((box.right - box.left) * (box.bottom - box.top))

    def sheet_mask(self) -> tuple[Mask, Box]:
        """Return the mask of the sheet, and the box on the page that it fills."""
        sheet = np.array([self.sheet])
        box = box_of(self.reading.parts, sheet)
        return self.reading.parts.mask(sheet, box), box

    def others(self) -> Mask:
        """Return the mask (h, w) of what else of some size is on the page."""
        parts, whole = self.page.parts, self.page.whole
        large = parts.longest() > SOMETHING * self.box.longest
        all_large = parts.mask(np.flatnonzero(large), whole).view(np.uint8)
        digit = self.reading.parts.mask(self.chosen.parts, whole).view(np.uint8)
        return running_max(all_large, 3) > running_max(digit, 5)

    def cut_out(self) -> Grey:
        """Return the digit's ink cut to its box, with its outline's last greys."""
        reading, around = self.reading, self.box.grown(2, self.reading.ink.shape)
        shape = reading.parts.mask(self.chosen.parts, around).view(np.uint8)
        return _trimmed(around.of(reading.ink) * running_max(shape, 3), reading.level)


def find_in(picture: Grey, ink: Grey) -> Found | None:
    """Look for the digit in one reading of the ink; None if there is none."""
    level = stroke_level(ink)
    if level is None:
        return None
    reading = Reading(picture, ink, level, find_components(ink >= level))
    bare = without_furniture(reading)
    found = _digit_of(bare, reading)
    return found or (_digit_of(reading, reading) if bare is not reading else None)


def completed(found: Found) -> Found:
    """Return the same digit with its faint ends, if they can be told from the paper.

    Paper lines would lead to the page's border, and shadows have soft outlines.
    """
    if not _may_be_more(found):
        return found
    fainter = found.reading.fainter()
    chosen = choose(fainter.parts)
    if chosen is None or not _more_of(found, fainter, chosen):
        return found
    fuller = _digit_of(fainter, found.page)
    return fuller if fuller is not None and fuller.sharpness > CERTAIN else found


def _may_be_more(found: Found) -> bool:
    """Say whether the page has fainter ink enough for `_more_of` to be true."""
    faint = found.reading.ink > found.reading.level // 2
    tall, wide = (np.flatnonzero(faint.any(axis=axis)) for axis in (1, 0))
    longest = max(int(tall[-1] - tall[0]), int(wide[-1] - wide[0])) + 1
    return longest > found.box.longest + 2 or faint.sum() > FULLER * found.area


def _more_of(found: Found, fainter: Reading, chosen: DigitParts) -> bool:
    """Say whether the fainter reading shows more of the digit that was found."""
    inner, outer, shape = found.box, chosen.box, fainter.ink.shape
    within = outer.grown(1, shape).holds(inner)
    if not within or outer.sides_of(shape) > inner.sides_of(shape):
        return False
    more = fainter.parts.area[chosen.parts].sum()
    return bool(outer.longest > inner.longest + 2 or more > FULLER * found.area)


def _digit_of(reading: Reading, page: Reading) -> Found | None:
    parts, chosen = reading.parts, choose(reading.parts)
    if chosen is None:
        return None
    around = chosen.box.grown(max(12, chosen.box.longest // 2), parts.shape)
    shape = parts.mask(chosen.parts, around)
    sharpness, distinctness = outline(around.of(reading.picture), shape)
    if distinctness < DISTINCT:
        return None
    rivals = sum(_is_sharp(reading, part) for part in chosen.rivals)
    sheet = _sheet_of(parts, chosen)
    return Found(page, reading, chosen, 1 + rivals, sharpness, sheet)


def _is_sharp(reading: Reading, part: int) -> bool:
    """Say whether a part is ink for certain, and no remainder of a shadow."""
    parts = reading.parts
    around = box_of(parts, np.array([part])).grown(2, parts.shape)
    shape = parts.mask(np.array([part]), around)
    return outline(around.of(reading.picture), shape).sharpness > CERTAIN


def _sheet_of(parts: Components, chosen: DigitParts) -> int | None:
    """Return the largest of the chosen parts if it looks like a sheet."""
    largest = chosen.parts[parts.area[chosen.parts].argmax()]
    one = np.array([largest])
    return int(largest) if is_sheet(parts.mask(one, box_of(parts, one))) else None


def _trimmed(ink: Grey, level: int) -> Grey:
    """Cut the ink to the box of what is darker than half the level."""
    rows = np.flatnonzero((ink > level // 2).any(axis=1))
    columns = np.flatnonzero((ink > level // 2).any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
