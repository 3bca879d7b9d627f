"""What on a page may be ink: several binarisations, cheap and likely ones first."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from PIL import Image

from service.image.page.components import Components, Mask, find_components
from service.image.page.ink import inks
from service.image.page.lines import without_lines
from service.image.page.morphology import Grey
from service.image.page.shades import stroke_levels

# How likely a page is meant otherwise than it looks, as logarithms of a probability.
FAINTER: Final = -0.5
LINELESS: Final = -0.1
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
    sheet: Mask | None


def binarisations(grey: Image.Image) -> Iterator[Binarisation]:
    """Yield a page (mode L) as ink on paper, in every way that it may be meant.

    The likeliest come first: each kind of ink as it is, less its long thin lines, and
    with half as much of it counted already.
    """
    for ink, prior, sheet in inks(grey):
        levels = stroke_levels(ink)
        if levels is None:  # there is only noise
            continue
        parts = find_components(ink >= levels[0])
        page = Binarisation(ink, *levels, parts, prior, sheet)
        yield page
        yield from _lineless(page)
        yield from _fainter(page)


def _lineless(page: Binarisation) -> Iterator[Binarisation]:
    """Yield the page less its long thin lines, if it has any."""
    if min(page.ink.shape) >= LARGE_ENOUGH:
        bare = without_lines(page.ink, page.parts)
        if bare is not None:
            parts = find_components(bare >= page.level)
            yield page._replace(ink=bare, parts=parts, prior=page.prior + LINELESS)


def _fainter(page: Binarisation) -> Iterator[Binarisation]:
    """Yield the page with half as much ink counted already, if that is no noise."""
    if page.faint < page.level:
        parts = find_components(page.ink >= page.faint)
        yield page._replace(level=page.faint, parts=parts, prior=page.prior + FAINTER)
