"""Which parts of a page may belong together: strokes, and what they enclose."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from service.image.page.components import Components, Indices, Mask
from service.image.page.morphology import Box

# So many of the most prominent parts are looked at.
MOST: Final = 6
# Pixels; less is a dot.
SMALLEST: Final = 4
# MNIST's flattest digits are two and a half times as wide as tall.
FLATTEST: Final = 4
# Strokes of one digit lie nearer to each other than this share of its length.
NEAR: Final = 0.2
# A part as tall as this share of the digit, beside it, is a second digit.
TALL: Final = 0.6
BESIDE: Final = 0.05


def groups(parts: Components) -> list[Mask]:
    """Return the sets of parts that may be a digit, each once."""
    found = {
        group.tobytes(): group
        for main in _prominent(parts)
        for group in _groups(parts, main)
    }
    return list(found.values())


def _prominent(parts: Components) -> list[int]:
    tall_enough = parts.width <= FLATTEST * parts.height
    large = np.flatnonzero((parts.longest >= SMALLEST) & tall_enough)
    weight = parts.area[large] * parts.longest[large]
    prominent: list[int] = large[np.argsort(-weight)[:MOST]].tolist()
    return prominent


def _groups(parts: Components, main: int) -> Iterator[Mask]:
    """Yield a part alone, with what it encloses, and with what lies near it."""
    group = np.arange(len(parts)) == main
    yield group
    if len(parts) == 1:
        return
    yield group | within(parts, parts.box(group))
    while True:
        box = parts.box(group)
        beside, gap = gaps(parts, box)
        rival = (parts.height > TALL * box.height) & (beside > BESIDE * parts.height)
        joined = group | (~rival & (gap < NEAR * box.longest))
        if np.array_equal(joined, group):
            break
        group = joined
    yield group


def within(parts: Components, box: Box) -> Mask:
    """Say of each part whether its box lies in another, whole."""
    across = (parts.left >= box.left) & (parts.right <= box.right)
    within: Mask = across & (parts.top >= box.top) & (parts.bottom <= box.bottom)
    return within


def gaps(parts: Components, box: Box) -> tuple[Indices, Indices]:
    """Return how far each part lies beside the box, and from it either way."""
    beside = np.maximum(parts.left - box.right, box.left - parts.right)
    above = np.maximum(parts.top - box.bottom, box.top - parts.bottom)
    return beside, np.maximum(beside, above)
