"""Which of the ink on a page is the digit."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.components import Components, Indices, find_components
from service.furniture import furniture, leaning
from service.ink import CLEAR_CUT, ink_of, lighting_of, two_shades
from service.morphology import Grey, running_max

SEARCH_GRID: Final = 512
MARGIN: Final = 0.35
# Wider than any stroke, as shares of the picture's short and long side.
WINDOWS: Final = (0.4, 0.9, 0.15)
CERTAIN: Final = 0.85
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Found:
    """The digit's ink cut to its box (h, w), where it is, and how sure that is."""

    ink: Grey
    box: Box
    digits: int
    quality: float
    is_sheet: bool


def find_digit(grey: Image.Image) -> Found | None:
    """Look for the digit on the whole page, then closely where it was found."""
    page = shrunk(grey)
    first = search(page)
    if first is None:
        return None
    scale = grey.width / page.width
    if first.is_sheet:
        inner = _inside(grey, first.box, scale)
        if inner is not None:
            return inner
    near = _around(first.box, scale, grey.size)
    if (near[2] - near[0]) * (near[3] - near[1]) > 0.7 * grey.width * grey.height:
        return first
    second = search(shrunk(grey.crop(near)))
    if second is None or second.quality < 0.7 * first.quality:
        return first
    return replace(second, digits=first.digits)


def _inside(grey: Image.Image, box: Box, scale: float) -> Found | None:
    """Look for a digit on what was found, which may be a panel or a sheet."""
    inset = 0.02 * max(box[2] - box[0], box[3] - box[1])
    left, top, right, bottom = box
    inner = tuple(
        int(edge * scale)
        for edge in (left + inset, top + inset, right - inset, bottom - inset)
    )
    if inner[2] - inner[0] < 12 or inner[3] - inner[1] < 12:
        return None
    found = search(shrunk(grey.crop(inner)))
    return found if found is not None and found.quality > 0.6 else None


def shrunk(grey: Image.Image) -> Image.Image:
    factor = -(-max(grey.size) // SEARCH_GRID)
    return grey.reduce(factor) if factor > 1 else grey


def _around(box: Box, scale: float, size: tuple[int, int]) -> Box:
    left, top, right, bottom = (edge * scale for edge in box)
    margin = MARGIN * max(right - left, bottom - top) + 2 * scale
    return (
        max(0, int(left - margin)),
        max(0, int(top - margin)),
        min(size[0], int(right + margin) + 1),
        min(size[1], int(bottom + margin) + 1),
    )


def search(grey: Image.Image) -> Found | None:
    light = lighting_of(grey)
    picture = np.asarray(grey)
    best: Found | None = None
    if light.clear:
        best = _attempt(picture, ink_of(grey, light, 0, light.ink_is_dark))
        if best is not None and best.quality > CERTAIN:
            return best
    for dark in (light.ink_is_dark, not light.ink_is_dark):
        for share in WINDOWS:
            side = max(light.small.shape) if share > 0.5 else min(light.small.shape)
            found = _attempt(picture, ink_of(grey, light, int(share * side), dark))
            if found is not None and (
                best is None or found.quality > best.quality + 0.05
            ):
                best = found
            if best is not None and best.quality > CERTAIN:
                return best
        if best is not None and best.quality > 0.5:
            break
    return best


def _attempt(picture: Grey, ink: Grey) -> Found | None:
    for _ in range(3):
        level = threshold(ink)
        if level is None:
            return None
        parts = find_components(ink >= level)
        unwanted = furniture(parts)
        size = np.maximum(parts.bottom - parts.top, parts.right - parts.left)
        worth = ~unwanted & (size > 0.05 * min(parts.shape))
        if not unwanted.any() or not worth.any():
            break
        ink = np.where(
            running_max(parts.mask(np.flatnonzero(unwanted)).astype(np.uint8), 5),
            0,
            ink,
        ).astype(np.uint8)
    chosen, digits = choose(parts, picture)
    if not len(chosen):
        return None
    box = _box(parts, chosen)
    left, top, right, bottom = box
    mask = parts.mask(chosen)
    quality = outline(picture, mask, box)
    cut = _trimmed(ink * running_max(mask.astype(np.uint8), 3), level // 2)
    return Found(cut, box, digits, quality, is_sheet(mask[top:bottom, left:right]))


def _trimmed(ink: Grey, level: int) -> Grey:
    """Cut the ink to the box of what is darker than the level."""
    rows = np.flatnonzero((ink > level).any(axis=1))
    columns = np.flatnonzero((ink > level).any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def is_sheet(shape: NDArray[np.bool_]) -> bool:
    """Say whether a shape has four straight sides, as a sheet or a panel has."""
    if min(shape.shape) < 12 or shape.mean() < 0.4:
        return False
    return all(
        _is_straight(side)
        for side in (shape, shape[:, ::-1], shape.T, shape.T[:, ::-1])
    )


def _is_straight(shape: NDArray[np.bool_]) -> bool:
    length, depth = shape.shape
    middle = shape[length // 8 : length - length // 8]
    if not middle.any(axis=1).all():
        return False
    profile = middle.argmax(axis=1)
    at = np.arange(len(profile)) - (len(profile) - 1) / 2
    slope = float(at @ profile) / float(at @ at)
    bend = profile - profile.mean() - slope * at
    return float(np.abs(bend).mean()) < 0.02 * depth + 0.5


def outline(picture: Grey, mask: NDArray[np.bool_], box: Box) -> float:
    """Return which share of a shape's outline is an edge of the picture too."""
    left, top, right, bottom = (
        max(0, box[0] - 2),
        max(0, box[1] - 2),
        box[2] + 2,
        box[3] + 2,
    )
    part, shape = (
        picture[top:bottom, left:right],
        mask[top:bottom, left:right].astype(np.uint8),
    )
    rim = running_max(shape, 3) - shape
    step = running_max(part, 5).astype(np.int16) - (~running_max(~part, 5))
    if not rim.any():
        return 0.0
    contrast = np.percentile(step[rim > 0], 90)
    return float((step[rim > 0] > 0.4 * contrast).mean())


def threshold(ink: Grey) -> int | None:
    """Return the least ink of a stroke; None if nothing stands out of the noise."""
    peak = int(ink.max())
    parting, clarity = two_shades(ink)
    paper = ink[ink <= parting] if clarity > CLEAR_CUT else ink
    middle, upper = (int(level) for level in np.percentile(paper, (50, 84)))
    if peak - middle < 12:
        return None
    least = middle + 3 * min(upper - middle, 20)
    return max(peak // 2, least, middle + 6)


def choose(parts: Components, picture: Grey) -> tuple[Indices, int]:
    """Return the parts that make up the digit, and how many digits there are."""
    height, width = parts.shape
    if not len(parts):
        return np.zeros(0, dtype=np.intp), 0
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    size = np.maximum(tall, wide)
    unwanted = furniture(parts)
    x, y = (
        (parts.left + parts.right) / 2 / width,
        (parts.top + parts.bottom) / 2 / height,
    )
    central = 1 - 0.6 * np.maximum(abs(x - 0.5), abs(y - 0.5)) * 2
    small = size < 0.03 * min(height, width)
    score = (
        np.sqrt(parts.area * size)
        * central
        * (1 - 0.85 * leaning(parts))
        * np.where(unwanted, 0.05, 1)
        * np.where(small, 0.01, 1)
    )
    main = int(score.argmax())
    group = np.zeros(len(parts), dtype=bool)
    group[main] = True
    sizeable = (parts.area > 0.02 * parts.area[main]) & ~unwanted
    while True:
        box = _box(parts, np.flatnonzero(group))
        gap = np.maximum(_gap_x(parts, box), _gap_y(parts, box))
        reach = 0.2 * max(box[2] - box[0], box[3] - box[1])
        rival = (tall > 0.6 * (box[3] - box[1])) & (_gap_x(parts, box) > 0.05 * tall)
        joined = group | (sizeable & (gap < reach) & ~rival)
        if (joined == group).all():
            break
        group = joined
    rivals = int((rival & sizeable & (parts.area > 0.3 * parts.area[main])).sum())
    return np.flatnonzero(group), 1 + rivals


def _gap_x(parts: Components, box: Box) -> Indices:
    return np.maximum(parts.left - box[2], box[0] - parts.right)


def _gap_y(parts: Components, box: Box) -> Indices:
    return np.maximum(parts.top - box[3], box[1] - parts.bottom)


def _box(parts: Components, chosen: Indices) -> Box:
    return (
        int(parts.left[chosen].min()),
        int(parts.top[chosen].min()),
        int(parts.right[chosen].max()),
        int(parts.bottom[chosen].max()),
    )
