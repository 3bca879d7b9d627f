"""Whole numbers: the parts of a page become lines of glyphs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from service.image.candidates import may_hold
from service.image.choosing import Score
from service.image.digit_form import to_mnist
from service.image.numbers.best_path import best_path
from service.image.numbers.pieces import DIGIT, Glyph, Unit
from service.image.page.binarisation import Binarisation
from service.image.page.components import Components, Indices

# As likely as this, on average, and none to be cut: no other look is needed.
CERTAIN: Final = 0.9
# A part of a line is at least so tall, by the page's tallest, and no flatter than this.
SMALLEST: Final = 0.2
FLATTEST: Final = 6
DOT: Final = 4
# Most parts are as tall as this percentile; what is smaller by so much begins no line,
# but belongs to one that is as near as this.
USUAL: Final = 75
SMALL: Final = 0.5
NEAR: Final = 0.4
# Parts of one line overlap by so much of the smaller's height.
OVERLAP: Final = 0.4
# Parts that overlap across by so much of the narrower are one.
STACKED: Final = 0.5
# A small part is a bar of the one that it is as near to as this, by its height.
BESIDE: Final = 0.12
# What touches so many sides of the page lies along its border.
BORDER: Final = 3
# At most so many of the largest parts are looked at.
MOST_PARTS: Final = 60
# What a sign that is no digit takes from a page's worth, by a digit of its height.
NO_DIGIT: Final = 0.25


@dataclass(frozen=True, eq=False)  # arrays do not compare to one bool
class Lines:
    """A page's lines of units, before any is cut; worth: how much of it are digits."""

    page: Binarisation
    lines: list[list[Unit]]

    @property
    def units(self) -> list[Unit]:
        """Of all lines."""
        return [unit for line in self.lines for unit in line]

    @property
    def worth(self) -> float:
        """How much of the page are digits, by their units."""
        return _worth(self.page, self.units)

    @property
    def certain(self) -> bool:
        """Whether there are whole digits alone, in the polarity of the border."""
        likely = float(np.mean([unit.probability for unit in self.units]))
        whole = all(unit.is_whole for unit in self.units)
        return self.page.sheet is None and whole and likely > CERTAIN


def read_lines(pages: Iterable[Binarisation], score: Score) -> list[list[Glyph]]:
    """Return the glyphs of the page that is read best, line by line.

    No more pages are looked at once the best is certain. Else the likeliest one is cut,
    too: digits that touch count for nothing before.
    """
    seen: list[Lines] = []
    best: Lines | None = None
    for page in pages:
        lines = _lines_of(page, score)
        seen += [lines] if lines else []
        best = max(seen, key=lambda lines: lines.worth, default=None)
        if best and best.certain:
            return [[unit.glyph() for unit in line] for line in best.lines]
    read = [_cut(lines, score) for lines in dict.fromkeys((*seen[:1], best)) if lines]
    return max(read, key=lambda entry: entry[0], default=(0.0, []))[1]


def _cut(lines: Lines, score: Score) -> tuple[float, list[list[Glyph]]]:
    """Return a page's glyphs, line by line, and what they are worth."""
    glyphs = [best_path(lines.page, line, score) for line in lines.lines]
    worth = _worth(lines.page, [glyph for line in glyphs for glyph in line])
    return worth, glyphs


def _worth(page: Binarisation, signs: Sequence[Unit | Glyph]) -> float:
    """Return the height of all that are digits, less some for the rest and the prior.

    The prior counts as so many digits of the usual height.
    """
    heights = [sign.box.height for sign in signs]
    shares = [s.probability if s.probability > DIGIT else -NO_DIGIT for s in signs]
    usual = float(np.median(heights)) if heights else 0.0
    return float(np.dot(heights, shares)) + page.prior * usual


def _lines_of(page: Binarisation, score: Score) -> Lines | None:
    parts = page.parts
    lines = [_stacked(parts, line) for line in _in_lines(parts, _large(parts))]
    lines = [[u for u in line if may_hold(page, parts.box(u))] for line in lines]
    found = [(unit, parts.box(unit)) for line in lines for unit in line]
    if not found:
        return None
    inks = [parts.cut_out(page.ink, page.level // 2, *unit) for unit in found]
    forms = np.stack([to_mnist(ink) for ink in inks])
    likely = score(forms).max(axis=1).tolist()
    units = iter(map(Unit, *zip(*found, strict=True), forms, likely))
    return Lines(page, [[next(units) for _ in line] for line in lines if line])


def _large(parts: Components) -> Indices:
    """Return which parts are large enough for a sign, the most left first."""
    no_line = parts.width <= FLATTEST * parts.height
    large = np.flatnonzero((parts.longest >= DOT) & no_line)
    height, width = parts.shape
    sides = (parts.left == 0).astype(int) + (parts.right == width)
    sides += (parts.top == 0).astype(int) + (parts.bottom == height)
    inside = large[sides[large] < BORDER]
    large = inside if len(inside) else large
    large = large[np.argsort(-parts.area[large])[:MOST_PARTS]]
    least = SMALLEST * parts.height[large].max(initial=0)
    large = large[parts.longest[large] >= least]
    leftmost: Indices = large[np.argsort(parts.left[large])]
    return leftmost


def _in_lines(parts: Components, large: Indices) -> list[list[int]]:
    """Order the parts into lines by how they overlap with a line's last ones.

    Small ones, such as the bar of a 5, begin no line if they lie near one.
    """
    heights = parts.height[large]
    tall = float(np.percentile(heights, USUAL)) if len(large) else 0.0
    lines: list[list[int]] = []
    for part in large[heights >= SMALL * tall].tolist():
        overlaps = [_overlap(parts, line[-3:], part) for line in lines]
        if overlaps and max(overlaps) > OVERLAP:
            lines[int(np.argmax(overlaps))].append(part)
        else:
            lines.append([part])
    for part in large[heights < SMALL * tall].tolist():
        near = [_distance(parts, line, part) for line in lines]
        if min(near) < NEAR * tall:
            lines[int(np.argmin(near))].append(part)
    lines.sort(key=lambda line: float(np.mean(parts.top[line])))
    return [sorted(line, key=lambda part: int(parts.left[part])) for line in lines]


def _distance(parts: Components, line: list[int], part: int) -> float:
    """Return how far a part lies above or below the nearest one of a line."""
    centres = parts.left + parts.right
    beside = min(line, key=lambda other: abs(int(centres[other] - centres[part])))
    middle = (parts.top[part] + parts.bottom[part]) / 2
    return float(max(parts.top[beside] - middle, middle - parts.bottom[beside], 0))


def _overlap(parts: Components, line: list[int], part: int) -> float:
    top, bottom = parts.top[line].min(), parts.bottom[line].max()
    shared = min(bottom, parts.bottom[part]) - max(top, parts.top[part])
    return float(shared / min(bottom - top, parts.height[part]))


def _stacked(parts: Components, line: list[int]) -> list[Indices]:
    """Put together what lies above each other, and a bar with what it is beside."""
    units: list[list[int]] = []
    for part in line:
        if units:
            last = parts.box(np.array(units[-1]))
            shared = min(last.right, parts.right[part]) - parts.left[part]
            heights = sorted((last.height, int(parts.height[part])))
            bar = heights[0] < SMALL * heights[1] and shared > -BESIDE * heights[1]
            if bar or shared > STACKED * min(last.width, parts.width[part]):
                units[-1].append(part)
                continue
        units.append([part])
    return [np.array(unit) for unit in units]
