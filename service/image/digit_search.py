"""Where on a page the digit is, and its ink."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image

from service.image.components import Components, find_components
from service.image.digit_parts import box_of, choose
from service.image.furniture import furniture
from service.image.ink import (
    flat_paper,
    in_small,
    ink_is_dark,
    ink_on_flat,
    ink_on_uneven,
    light_surface,
)
from service.image.morphology import Box, Grey, running_max
from service.image.outline import distinctness, is_sheet, sharpness
from service.image.shades import stroke_level

# A page is searched at no more than so many pixels on its long side, first to last.
SEARCH_GRIDS: Final = (512, 128, 64)
# The closer look needs no more than this.
CLOSE_GRID: Final = 256
# How much is kept around the digit for the closer look, by the digit's length.
MARGIN: Final = 0.35
# Wider than strokes, as shares of the page's short side: what suits most pages, and
# thin strokes in broken light.
WINDOWS: Final = (0.4, 0.15)
# So sharp an outline leaves no doubt that the paper was told from the ink.
CERTAIN: Final = 0.85
# So much steeper than the paper's grain is the outline of ink.
DISTINCT: Final = 2.0


@dataclass(frozen=True)
class Found:
    """The digit's ink cut to its box (h, w), and how it was found.

    box: where it is on the page that was searched; digits: how many were seen;
    sharpness: of its outline, 0 to 1; sheet: whether it may be a sheet of paper or
    a panel; sides: of the page's four sides, how many it touches.
    """

    ink: Grey
    box: Box
    digits: int
    sharpness: float
    sheet: bool
    sides: int


def find_digit(grey: Image.Image) -> Found | None:
    """Look for the digit on the whole page, then closely where it was found.

    Where nothing is found the page is looked at more and more coarsely: what drowned
    in grain may show once that is averaged away.
    """
    for grid in SEARCH_GRIDS:
        page = _shrunk(grey, grid)
        found = _search(page)
        if found is not None:
            return _looked_at_closely(grey, found, grey.width / page.width)
    return None


def _looked_at_closely(grey: Image.Image, found: Found, scale: float) -> Found:
    if found.sheet and (inner := _on_sheet(grey, found.box, scale)):
        return inner
    near = _around(found.box, scale, grey.size)
    closer = None
    if near != (0, 0, *grey.size):
        closer = _search(_shrunk(grey.crop(near), CLOSE_GRID))
    if closer is None or closer.sharpness < 0.7 * found.sharpness:
        return found
    return replace(closer, digits=found.digits)


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


def _on_sheet(grey: Image.Image, box: Box, scale: float) -> Found | None:
    """Look for a digit on what was found, which may be a panel or a sheet."""
    inset = 0.02 * box.longest
    left, top = int((box.left + inset) * scale), int((box.top + inset) * scale)
    right, bottom = int((box.right - inset) * scale), int((box.bottom - inset) * scale)
    found = _search(_shrunk(grey.crop((left, top, right, bottom)), SEARCH_GRIDS[0]))
    return found if found is not None and found.sharpness > 0.6 else None


def _search(grey: Image.Image) -> Found | None:
    """Return the first reading of the ink with a sharp outline, else the sharpest."""
    picture, best = np.asarray(grey), None
    for ink in _readings(grey):
        found = _digit_in(picture, ink)
        if found and (best is None or found.sharpness > best.sharpness + 0.05):
            best = found
        if best is not None and best.sharpness > CERTAIN:
            break
    return best


def _readings(grey: Image.Image) -> Iterator[Grey]:
    """Yield the ink as it may be, likeliest first."""
    small = in_small(grey)
    paper = flat_paper(small)
    if paper and paper.clear:
        yield ink_on_flat(grey, paper)
    light = light_surface(small)
    dark = paper.ink_is_dark if paper and paper.clear else ink_is_dark(small, light)
    for share in WINDOWS:
        window = int(share * min(small.shape))
        yield ink_on_uneven(grey, small, light, window, dark)
    if paper and not paper.clear:
        yield ink_on_flat(grey, paper)


def _digit_in(picture: Grey, ink: Grey) -> Found | None:
    """Look for the digit in one reading of the ink, and take its faint ends along."""
    level = stroke_level(ink)
    if level is None:
        return None
    ink, level, parts = _without_furniture(ink, level)
    found = _digit_at(picture, ink, parts, level)
    fuller = _digit_at(picture, ink, find_components(ink > level // 2), level // 2)
    return fuller if found and fuller and _completes(fuller, found) else found


def _without_furniture(ink: Grey, level: int) -> tuple[Grey, int, Components]:
    """Take frames and table away, as long as something else is left on the page."""
    parts = find_components(ink >= level)
    for _ in range(2):
        unwanted = furniture(parts)
        worth = ~unwanted & (parts.longest() > 0.05 * min(parts.shape))
        if not unwanted.any() or not worth.any():
            break
        page = Box(0, 0, *ink.shape[::-1])
        covered = running_max(
            parts.mask(np.flatnonzero(unwanted), page).view(np.uint8), 5
        )
        rest = ink * (1 - covered)
        lower = stroke_level(rest)
        if lower is None:
            break
        ink, level, parts = rest, lower, find_components(rest >= lower)
    return ink, level, parts


def _completes(fuller: Found, found: Found) -> bool:
    """Say whether a reading with fainter ink is the same digit, better filled.

    Paper lines would lead to the page's border, and shadows have soft outlines.
    """
    inner, outer = found.box, fuller.box
    around = outer.left <= inner.left + 1 and outer.top <= inner.top + 1
    around &= outer.right >= inner.right - 1 and outer.bottom >= inner.bottom - 1
    return around and fuller.sharpness > CERTAIN and fuller.sides <= found.sides


def _digit_at(picture: Grey, ink: Grey, parts: Components, level: int) -> Found | None:
    chosen = choose(parts)
    if chosen is None:
        return None
    around = chosen.box.grown(max(12, chosen.box.longest // 2), parts.shape)
    shape = parts.mask(chosen.parts, around)
    if distinctness(around.of(picture), shape) < DISTINCT:
        return None
    (left, top, right, bottom), (height, width) = chosen.box, parts.shape
    return Found(
        ink=_trimmed(around.of(ink) * running_max(shape.view(np.uint8), 3), level // 2),
        box=chosen.box,
        digits=1 + sum(_is_sharp(picture, parts, part) for part in chosen.rivals),
        sharpness=sharpness(around.of(picture), shape),
        sheet=is_sheet(parts.mask(chosen.parts, chosen.box)),
        sides=(left == 0) + (top == 0) + (right == width) + (bottom == height),
    )


def _is_sharp(picture: Grey, parts: Components, part: int) -> bool:
    """Say whether a part is ink for certain, and no remainder of a shadow."""
    around = box_of(parts, np.array([part])).grown(2, parts.shape)
    shape = parts.mask(np.array([part]), around)
    return sharpness(around.of(picture), shape) > CERTAIN


def _trimmed(ink: Grey, level: int) -> Grey:
    """Cut the ink to the box of what is darker than the level."""
    rows = np.flatnonzero((ink > level).any(axis=1))
    columns = np.flatnonzero((ink > level).any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
