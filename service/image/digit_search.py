"""Where on a page the digit is, and its ink."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from service.image.components import Mask
from service.image.found import CERTAIN, Found, completed, find_in
from service.image.ink import (
    Surface,
    flat_paper,
    in_small,
    ink_is_dark,
    ink_on_flat,
    ink_on_uneven,
    light_surface,
)
from service.image.morphology import Box, Grey

# A page is searched at no more than so many pixels on its long side, first to last.
SEARCH_GRIDS: Final = (512, 128, 64)
# The closer look needs no more than this.
CLOSE_GRID: Final = 256
# How much is kept around the digit for the closer look, by the digit's length.
MARGIN: Final = 0.35
# How much of a sheet's edge is left out, by the sheet's length.
INSET: Final = 0.02
# Wider than strokes, as shares of the page's short side: what suits most pages, and
# thin strokes in broken light.
WINDOWS: Final = (0.4, 0.15)
# A digit fills less of its box than this; a card with a digit on it more.
FULL: Final = 0.6


@dataclass(frozen=True)
class Digit:
    """A digit's ink cut to its box (h, w), and how many digits were seen."""

    ink: Grey
    digits: int


def find_digit(grey: Image.Image) -> Digit | None:
    """Look for the digit on the whole page, then closely where it was found.

    Where nothing is found the page is looked at more and more coarsely: what drowned
    in grain may show once that is averaged away.
    """
    for grid in SEARCH_GRIDS:
        page = _shrunk(grey, grid)
        scale, seen = grey.width / page.width, []
        for found in _founds(page):
            if found.sheet is not None and (inner := _on_sheet(grey, found, scale)):
                return Digit(inner.cut_out(), inner.digits)
            seen.append(found)
        best = _sharpest(seen)
        if best is not None:
            closer = _looked_at_closely(grey, best, scale)
            return Digit(closer.cut_out(), best.digits)
    return None


def _looked_at_closely(grey: Image.Image, found: Found, scale: float) -> Found:
    if scale == 1 and found.sharpness > CERTAIN:
        return found
    near = _around(found.box, scale, grey.size)
    closer = None
    if near != (0, 0, *grey.size):
        cut = _shrunk(grey.crop(near), CLOSE_GRID)
        closer = _sharpest(_founds(cut, _others(found, near, scale, cut.size)))
    if closer is None or closer.sharpness < 0.7 * found.sharpness:
        return found
    return closer


def _others(found: Found, near: Box, scale: float, size: tuple[int, int]) -> Mask:
    """Return the mask (h, w) of what is no part of the digit in the closer look."""
    others = Image.fromarray(found.others())
    left, top, right, bottom = (side / scale for side in near)
    box = left, top, min(right, others.width), min(bottom, others.height)
    return np.asarray(others.resize(size, Image.Resampling.NEAREST, box))


def _shrunk(grey: Image.Image, grid: int) -> Image.Image:
    factor = -(-max(grey.size) // grid)
    return grey.reduce(factor) if factor > 1 else grey


def _around(box: Box, scale: float, size: tuple[int, int]) -> Box:
    margin = (MARGIN * box.longest + 2) * scale
    return Box(
        max(0, int(box.left * scale - margin)),
        max(0, int(box.top * scale - margin)),
        min(size[0], int(box.right * scale + margin) + 1),
        min(size[1], int(box.bottom * scale + margin) + 1),
    )


def _on_sheet(grey: Image.Image, found: Found, scale: float) -> Found | None:
    """Look for a digit on what was found, which may be a panel or a sheet."""
    mask, box = found.sheet_mask()
    left, top, right, bottom = (round(side * scale) for side in box)
    cut = _shrunk(grey.crop((left, top, right, bottom)), SEARCH_GRIDS[0])
    inner = _sharpest(_founds(_sheet_alone(cut, mask)))
    return inner if inner is not None and inner.sharpness > 0.6 else None


def _sheet_alone(cut: Image.Image, mask: Mask) -> Image.Image:
    """Paint what lies beside a sheet, row by row, as the sheet is at its edge."""
    whole = np.asarray(Image.fromarray(mask).resize(cut.size)) > 0
    inset = 2 + int(INSET * max(cut.size))
    first = whole.argmax(axis=1) + inset
    last = cut.width - 1 - whole[:, ::-1].argmax(axis=1) - inset
    columns = np.clip(np.arange(cut.width), first[:, None], last[:, None])
    painted = np.take_along_axis(np.asarray(cut), columns, axis=1)
    return Image.fromarray(painted[inset:-inset])


def _founds(grey: Image.Image, others: Mask | None = None) -> Iterator[Found]:
    """Yield the digit as each reading of the ink shows it, until one is certain.

    others: the mask (h, w) of what is known to be no part of it.
    """
    picture = np.asarray(grey)
    for ink, dark in _inks(grey):
        found = find_in(picture, ink if others is None else ink * ~others)
        if found is not None:
            yield (found.is_hole and _round_the_hole(grey, found, dark)) or found
            if found.sharpness > CERTAIN:
                break


def _round_the_hole(grey: Image.Image, hole: Found, dark: bool) -> Found | None:
    """Return the digit of which what was found is only a hole; None if it is not."""
    small = in_small(grey)
    light = light_surface(small)
    for share in WINDOWS:
        ink = _in_window(grey, small, light, share, not dark)
        found = find_in(np.asarray(grey), ink)
        if found and found.fullness < FULL and found.box.holds(hole.box):
            return found
    return None


def _sharpest(founds: Iterable[Found]) -> Found | None:
    """Return the first with an outline not much less sharp than another's, whole."""
    best = None
    for found in founds:
        if best is None or found.sharpness > best.sharpness + 0.05:
            best = found
    return best and completed(best)


def _inks(grey: Image.Image) -> Iterator[tuple[Grey, bool]]:
    """Yield the ink as it may be, likeliest first, and whether it is dark."""
    small = in_small(grey)
    paper = flat_paper(small)
    if paper and paper.clear:
        yield ink_on_flat(grey, paper), paper.ink_is_dark
    light = light_surface(small)
    dark = paper.ink_is_dark if paper and paper.clear else ink_is_dark(small, light)
    for share in WINDOWS:
        yield _in_window(grey, small, light, share, dark), dark
    if paper and not paper.clear:
        yield ink_on_flat(grey, paper), paper.ink_is_dark


def _in_window(
    grey: Image.Image, small: Grey, light: Surface, share: float, dark: bool
) -> Grey:
    return ink_on_uneven(grey, small, light, int(share * min(small.shape)), dark)
