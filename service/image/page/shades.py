"""Histograms of grey pictures: where dark parts from light, and strokes from noise."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.page.morphology import Grey

Counts = NDArray[np.int64]

LEVELS: Final = np.arange(256, dtype=np.float64)
# Less than this much ink at its darkest, of 255, is grain and not a stroke.
FAINTEST_STROKE: Final = 16
# Two shades are clear-cut when this share of all variance lies between them.
CLEAR_CUT: Final = 0.8


def counts_of(grey: Grey) -> Counts:
    """Return how many pixels there are of each of the 256 levels."""
    return np.array(Image.fromarray(grey).histogram(), dtype=np.int64)


def two_shades(counts: Counts) -> tuple[int, float]:
    """Return the level that best parts dark from light, and how well, 0 to 1.

    How well: the variance between the two by the whole variance (Otsu 1979).
    """
    below, mass = counts.cumsum(), (counts * LEVELS).cumsum()
    size, whole = float(below[-1]), float(mass[-1])
    apart = (whole * below - mass * size) ** 2 / np.maximum(below * (size - below), 1)
    level = int(apart.argmax())
    variance = size * float(counts @ LEVELS**2) - whole**2
    return level, float(apart[level]) / max(variance, 1e-9)


def percentile(counts: Counts, share: float) -> int:
    """Return the level below which a share of the pixels lies."""
    below = counts.cumsum()
    return int(below.searchsorted(share * below[-1]))


def stroke_levels(ink: Grey) -> tuple[int, int] | None:
    """Return the least ink of a stroke and of a faint one; None if all is noise.

    Half of the darkest ink, or a quarter, but well above what paper shows, which is
    half of all pixels at least, or all of the lighter class where the classes are
    clear-cut.
    """
    counts = counts_of(ink)
    peak = int(counts.nonzero()[0][-1])
    parting, clarity = two_shades(counts)
    paper = counts[: parting + 1] if clarity > CLEAR_CUT else counts
    middle, upper = percentile(paper, 0.5), percentile(paper, 0.84)
    if peak - middle < FAINTEST_STROKE:
        return None
    noise = max(middle + 3 * min(upper - middle, 20), middle + 6)
    return max(peak // 2, noise), max(peak // 4, noise)
