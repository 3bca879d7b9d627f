"""How much ink lies on each pixel of a grey picture, whatever the light."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.components import Mask, find_components
from service.image.morphology import Grey, closing, odd, opening
from service.image.shades import counts_of, percentile, two_shades

Surface = NDArray[np.float32]

# Light is judged on a picture of this many pixels on the long side: fine enough
# for shadows, coarse enough to average the paper's grain away.
LIGHT_GRID: Final = 96
# Paper darker than this reflects too little for a ratio of noise to mean ink.
DARKEST_PAPER: Final = 40
# Ink and paper are of one level each if so much of all variance lies between them;
# of pictures this small even less, for half of their pixels may be outline.
CLEAR_CUT: Final = 0.96
TOO_SMALL_FOR_SHADOWS: Final = 40
# Paper is flat if most of it is within so much of one level, by the ink's contrast.
FLAT: Final = 0.08
MOSTLY: Final = 0.7
# A border less one-sided than this, of -1 to 1, says nothing about the paper.
BORDER: Final = 0.3
# The fit of the light settles after four or five steps.
FIT_STEPS: Final = 5
FIT_STRIDE: Final = 3
# A pixel counts as far off the paper up to so many times the usual distance.
TAIL: Final = 8.0
# So one-sided must the tails be before ink is taken to be light.
MOSTLY_LIGHT: Final = 0.7


@dataclass(frozen=True)
class FlatPaper:
    """Paper of one grey level, and whether ink is darker than it.

    clear: whether there is nothing but that paper and ink of another level, so that
    the light must be even; else it may be the lit part of a page in shadow.
    """

    level: int
    ink_is_dark: bool
    clear: bool = True


def in_small(grey: Image.Image) -> Grey:
    """Return the picture averaged down to LIGHT_GRID, in which light is judged."""
    factor = -(-max(grey.size) // LIGHT_GRID)
    return np.asarray(grey.reduce(factor) if factor > 1 else grey)


def flat_paper(small: Grey) -> FlatPaper | None:
    """Return the paper of a picture in which it is all of one level; else None.

    What lies at the picture's border, and most of all in its corners, is paper; of
    two shades that share the border, the one that hangs together is ink.
    """
    counts = counts_of(small)
    level, clarity = two_shades(counts)
    border = _border_mean(small > level)
    known = abs(border) > BORDER
    clear = clarity > CLEAR_CUT
    tiny = max(small.shape) < TOO_SMALL_FOR_SHADOWS
    if not known and (clear or tiny):
        border = _wholeness(small <= level) - _wholeness(small > level) or border
        known = border != 0
    shades = np.array([counts, counts])
    shades[0, level + 1 :] = shades[1, : level + 1] = 0
    dark, light = (percentile(shade, 0.5) for shade in shades)
    paper = light if border > 0 else dark
    spread = int(FLAT * (light - dark))
    flat = counts[max(0, paper - spread) : paper + spread + 1].sum()
    flat_enough = tiny or flat >= MOSTLY * shades[int(border > 0)].sum()
    return (
        FlatPaper(paper, border > 0, clear or tiny) if known and flat_enough else None
    )


def ink_on_flat(grey: Image.Image, paper: FlatPaper) -> Grey:
    """Return the ink (h, w), 0 paper to 255, on paper of one level."""
    greys = np.arange(256, dtype=np.uint8)
    inks = _taken(greys, np.full_like(greys, paper.level), paper.ink_is_dark)
    return np.asarray(grey.point(inks.tolist()))


def ink_on_uneven(
    grey: Image.Image, small: Grey, light: Surface, window: int, ink_is_dark: bool
) -> Grey:
    """Return the ink (h, w), 0 paper to 255, under the light's smooth surface.

    The paper is the small picture's closing (for dark ink) or opening (for light
    ink) with a window wider than a stroke, so that shadows belong to the paper (the
    top-hat transform; Serra 1982).
    """
    level = np.clip(small - light + 128, 0, 255).astype(np.uint8)
    level = (closing if ink_is_dark else opening)(level, odd(window))
    paper = np.clip(level + light - 128, 0, 255).astype(np.uint8)
    smooth = Image.fromarray(paper).resize(grey.size, Image.Resampling.BILINEAR)
    return _taken(np.asarray(grey), np.asarray(smooth), ink_is_dark)


def light_surface(small: Grey) -> Surface:
    """Fit a quadratic surface to the paper by least squares, outliers weighing little.

    Iteratively reweighted with Cauchy's weights, scaled by the median distance; every
    third row and column is enough for six coefficients.
    """
    y, x = np.meshgrid(
        *(np.linspace(-1, 1, n, dtype=np.float32) for n in small.shape), indexing="ij"
    )
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    sample = terms[:, ::FIT_STRIDE, ::FIT_STRIDE].reshape(6, -1)
    values = small[::FIT_STRIDE, ::FIT_STRIDE].ravel().astype(np.float32)
    weights = np.float32(1)
    for _ in range(FIT_STEPS):
        weighted = sample * weights
        normal = weighted @ sample.T + np.eye(6, dtype=np.float32) / 1000
        fit = np.linalg.solve(normal, weighted @ values)
        off = np.abs(values - fit @ sample)
        weights = 1 / (1 + (off / (2 * np.median(off) + 1)) ** 2)
    surface: Surface = np.tensordot(fit, terms, 1)
    return surface


def ink_is_dark(small: Grey, light: Surface) -> bool:
    """Say whether ink is darker than paper, by which way the few pixels far off lie.

    A border all of one shade is paper. Under uneven light pixels lie far off both
    ways, and then ink is dark, as it mostly is.
    """
    level, clarity = two_shades(counts_of(small))
    border = _border_mean(small > level)
    if clarity > 0.8 and abs(border) > 0.9:
        return border > 0
    off = small - light
    tail = np.clip(off / (np.median(np.abs(off)) + 1), -TAIL, TAIL) ** 3
    return float(tail.sum()) < MOSTLY_LIGHT * float(np.abs(tail).sum())


def _border_mean(bright: NDArray[np.bool_]) -> float:
    """Return -1 (all dark) to 1 (all bright) along the border, corners thrice."""
    near_y, near_x = (
        np.minimum(np.arange(n), np.arange(n)[::-1]) < max(1, n // 8)
        for n in bright.shape
    )
    weight = near_y[:, None].astype(int) + near_x + 4 * (near_y[:, None] & near_x)
    return 2 * float((bright * weight).sum() / weight.sum()) - 1


def _wholeness(mask: Mask) -> float:
    """Return which share of a mask is its largest part."""
    area = find_components(mask).area
    return float(area.max(initial=0) / max(area.sum(), 1))


def _taken(picture: Grey, paper: Grey, ink_is_dark: bool) -> Grey:
    """Return what light ink adds, or the share of the light that dark ink takes."""
    if not ink_is_dark:
        return np.maximum(picture, paper) - paper
    lost = (paper - np.minimum(picture, paper)) * np.float32(255)
    return (lost / np.maximum(paper, DARKEST_PAPER)).astype(np.uint8)
