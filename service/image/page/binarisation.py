"""What on a page may be ink: several binarisations, cheap and likely ones first."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from service.image.page.components import Components, Indices, Mask, find_components
from service.image.page.ink import (
    darkness,
    in_small,
    ink_on_flat,
    ink_on_uneven,
    light_surface,
    shades_of,
)
from service.image.page.lines import without_lines
from service.image.page.morphology import Box, Grey, running_max
from service.image.page.shades import stroke_levels

# Wider than strokes, as shares of the page's short side: what suits most pages, and
# thin strokes in broken light.
WINDOWS: Final = (0.4, 0.15)
# How likely a page is meant otherwise than it looks, as logarithms of a probability.
FAINTER: Final = -0.5
LINELESS: Final = -0.1
UNEVEN: Final = -0.2
UNLIKELY: Final = -1.0
# The border tells the polarity beyond doubt if it is as one-sided as this, of 1.
ONE_SIDED: Final = 0.5
# On a sheet of another shade lies what has so much of it around.
MOSTLY: Final = 0.4
# So far apart must the tails be before ink is taken to be light.
MOSTLY_LIGHT: Final = -0.7
# So much steeper than the paper is grainy is the outline of ink.
DISTINCT: Final = 3.0
# The light falls off less steeply than this, by the least ink of a stroke.
STEEP: Final = 0.4
# At least so many pixels on the short side for lines to be seen in.
LARGE_ENOUGH: Final = 40


class Binarisation(NamedTuple):
    """A page's ink (h, w), and the parts that its pixels of `level` or more make up.

    faint: the level of faint strokes; prior: the logarithm of how likely the page is
    to be meant so; sheet: where (h, w) there is what the ink must lie on, if it is of
    the polarity that the border speaks against.
    """

    ink: Grey
    level: int
    faint: int
    parts: Components
    prior: float
    sheet: Mask | None = None

    def ink_of(self, chosen: Indices | Mask, box: Box) -> Grey:
        """Return the ink of some parts alone, cut to them with their last greys."""
        around = box.grown(2, self.ink.shape)
        ink = around.of(self.ink)
        others = self.parts.meeting(around)
        others[chosen] = False
        if others.any():
            shape = self.parts.mask(chosen, around).view(np.uint8)
            ink = ink * running_max(shape, 3)
        dark = ink > self.level // 2
        rows, columns = (np.flatnonzero(dark.any(axis=axis)) for axis in (1, 0))
        return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

    def stands_out(self, chosen: Indices | Mask, box: Box) -> bool:
        """Say whether the outline of some parts is steeper than the paper's grain."""
        around = box.grown(max(6, box.longest // 4), self.ink.shape)
        ink = around.of(self.ink)
        shape = self.parts.mask(chosen, around).view(np.uint8)
        rim = running_max(shape, 3) > shape
        paper = running_max(shape, 7) == 0
        steps = running_max(ink, 5) - ~running_max(~ink, 5)
        if not rim.any():
            return False
        grain = float(np.median(steps[paper])) if paper.any() else 0.0
        least = max(DISTINCT * (grain + 2), STEEP * self.level)
        return float(np.median(steps[rim])) > least

    def may_hold(self, box: Box) -> bool:
        """Say whether what lies in a box is on the sheet, if there has to be one."""
        return self.sheet is None or bool(box.of(self.sheet).mean() > MOSTLY)

    def lineless(self) -> Iterator["Binarisation"]:
        """Yield the page less its long thin lines, if it has any."""
        if min(self.ink.shape) >= LARGE_ENOUGH:
            bare = without_lines(self.ink, self.parts)
            if bare is not None:
                parts = find_components(bare >= self.level)
                yield self._replace(ink=bare, parts=parts, prior=self.prior + LINELESS)

    def fainter(self) -> Iterator["Binarisation"]:
        """Yield the page with half as much ink counted already, if it is no noise."""
        if self.faint < self.level:
            parts = find_components(self.ink >= self.faint)
            prior = self.prior + FAINTER
            yield self._replace(level=self.faint, parts=parts, prior=prior)


def binarisations(grey: Image.Image) -> Iterator[list[Binarisation]]:
    """Yield a page (mode L) as ink on paper, in every way that it may be meant.

    They come in rounds, the likeliest first.
    """
    small = in_small(grey)
    shades = shades_of(small)
    likely = shades.border >= 0
    first = _binarised(ink_on_flat(grey, shades.paper(likely), likely), 0)
    uneven = [] if shades.clear else list(_uneven_inks(grey, small, likely))
    pages = first + [page for ink in uneven[:1] for page in _binarised(ink(), UNEVEN)]
    yield pages
    yield [bare for page in pages for bare in page.lineless()]
    yield [fainter for page in pages for fainter in page.fainter()]
    for ink in uneven[1:]:
        pages = _binarised(ink(), UNEVEN)
        yield pages
        yield [bare for page in pages for bare in page.lineless()]
    against = UNLIKELY * min(1.0, abs(shades.border) / ONE_SIDED)
    pages = _binarised(ink_on_flat(grey, shades.paper(not likely), not likely), against)
    sheet = first[0].ink >= first[0].level if first and against < 0 else None
    yield [page._replace(sheet=sheet) for page in pages]


def _uneven_inks(
    grey: Image.Image, small: Grey, by_border: bool
) -> Iterator[Callable[[], Grey]]:
    """Yield what makes the ink under uneven light, in the likelier polarity first.

    Where the border speaks for the other polarity, that one comes, too.
    """
    light = light_surface(small)
    likely = darkness(small, light) > MOSTLY_LIGHT
    for ink_is_dark in dict.fromkeys((likely, by_border)):
        for share in WINDOWS:
            window = int(share * min(small.shape))
            yield partial(ink_on_uneven, grey, small, light, window, ink_is_dark)


def _binarised(ink: Grey, prior: float) -> list[Binarisation]:
    """Return the ink's binarisation; none if there is only noise."""
    levels = stroke_levels(ink)
    if levels is None:
        return []
    parts = find_components(ink >= levels[0])
    return [Binarisation(ink, *levels, parts, prior)]
