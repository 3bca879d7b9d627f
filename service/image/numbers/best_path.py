"""A line of ink becomes digits by the best path through its pieces (LeCun 1998)."""

import math
from typing import Final

import numpy as np

from service.image.choosing import TRUST, Score, log_likelihood
from service.image.digit_form import to_mnist
from service.image.numbers.pieces import (
    ROW,
    SMALL,
    Glyph,
    Unit,
    pieces_of,
    spans_of,
)
from service.image.page.binarisation import Binarisation
from service.image.page.morphology import Box

# What was cut is as likely to be digits, on average, or it was no number; a row less.
WELL_CUT: Final = 0.96
ROW_CUT: Final = 0.75
# What speaks for a glyph, or against it, as logarithms of a probability: a cut beside
# it, and the ink that it crosses; its width, and a lack of height, by the usual height.
CUT: Final = 0.1
INK_CUT: Final = -2.0
TOO_WIDE: Final = -2.0
TOO_SMALL: Final = -2.0
# A digit of each label, 0 to 9, is seldom wider than this, by its height: about an
# eighth more than is usual in MNIST's training rows.
WIDTHS: Final = (1.0, 0.4, 1.0, 0.85, 0.85, 1.0, 0.75, 0.8, 0.8, 0.75)


def best_path(page: Binarisation, units: list[Unit], score: Score) -> list[Glyph]:
    """Return the glyphs of one line; those that are no digits are among them."""
    parts = np.concatenate([unit.parts for unit in units])
    origin = page.parts.box(parts).grown(1, page.ink.shape)
    tall = float(np.median([unit.box.height for unit in units]))
    pieces = pieces_of(page, units, origin, tall)
    spans = spans_of(pieces, tall)
    forms = np.stack([to_mnist(pieces.ink_of(*span)) for span in spans])
    likelihoods = score(forms)
    likely, labels = likelihoods.max(axis=1), likelihoods.argmax(axis=1)
    count = len(pieces.whole)
    best, came = [0.0] + [-np.inf] * count, [-1] * (count + 1)
    for k, (i, j, box) in enumerate(spans):
        gain = best[i] + _gain(float(likely[k]), int(labels[k]), box, tall)
        gain += _cost(pieces.crossed[j - 1])
        if gain > best[j]:
            best[j], came[j] = gain, k
    glyphs, at = [], count
    while at > 0:
        i, _, box = spans[came[at]]
        glyphs.append(
            Glyph(
                box.moved(origin.left, origin.top),
                forms[came[at]],
                float(likely[came[at]]),
            )
        )
        at = i
    large = [glyph for glyph in glyphs[::-1] if glyph.box.longest > SMALL * tall]
    return _settled(units, large)


def _settled(units: list[Unit], glyphs: list[Glyph]) -> list[Glyph]:
    """Return the glyphs, or the unit that they were cut from if they are no digits."""
    cut_from: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        shared = [_shared_width(unit.box, glyph.box) for unit in units]
        cut_from.setdefault(int(np.argmax(shared)), []).append(glyph)
    return [
        glyph
        for number, pieces in cut_from.items()
        for glyph in (
            pieces if _are_digits(pieces, units[number]) else [units[number].glyph()]
        )
    ]


def _are_digits(pieces: list[Glyph], unit: Unit) -> bool:
    """Say whether what a unit was cut into are likely digits: if wide, more likely."""
    wide = unit.box.width > ROW * unit.box.height
    likely = float(np.mean([piece.probability for piece in pieces]))
    return likely >= (ROW_CUT if wide else WELL_CUT)


def _shared_width(box: Box, other: Box) -> int:
    return min(box.right, other.right) - max(box.left, other.left)


def _gain(likely: float, label: int, box: Box, tall: float) -> float:
    gain = TRUST * log_likelihood(likely)
    width = box.width / max(box.height, tall)
    gain += TOO_WIDE * max(0.0, math.log(width / WIDTHS[label]))
    return gain + TOO_SMALL * max(0.0, SMALL - box.height / tall)


def _cost(crossed: float | None) -> float:
    return 0.0 if crossed is None else CUT + INK_CUT * crossed
