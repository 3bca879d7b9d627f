"""How much ink lies on each pixel of a grey picture, whatever the light."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.page.morphology import Grey, closing, odd, opening
from service.image.page.shades import counts_of, percentile, two_shades

Surface = NDArray[np.float32]

# Light is judged on a picture of this many pixels on the long side: fine enough
# for shadows, coarse enough to average the paper's grain away.
LIGHT_GRID: Final = 96
# Paper darker than this reflects too little for a ratio of noise to mean ink.
DARKEST_PAPER: Final = 40
# The light is even if so much of the page, and of its border, is of one level, or next
# to it.
EVEN: Final = 0.5
EVEN_BORDER: Final = 0.8
# The fit of the light settles after about four steps.
FIT_STEPS: Final = 4
FIT_STRIDE: Final = 4
# A pixel counts as far off the paper up to so many times the usual distance.
TAIL: Final = 8.0
# Wider than strokes, as shares of the page's short side: what suits most pages, and
# thin strokes in broken light.
WINDOWS: Final = (0.4, 0.15)
# How likely a page is meant otherwise than it looks, as logarithms of a probability.
FLAT: Final = -0.1
UNEVEN: Final = -0.2
UNLIKELY: Final = -0.8
# The border tells the polarity beyond doubt if it is as one-sided as this, of 1.
ONE_SIDED: Final = 0.5
# So far apart must the tails be before ink is taken to be light.
MOSTLY_LIGHT: Final = -0.7


class Ink(NamedTuple):
    """A way in which a page may be ink on paper.

    amount: (h, w), 0 paper to 255; prior: the logarithm of how likely the page is to
    be meant so; sheet: where (h, w) there is what the ink must lie on, if it is of the
    polarity that the border speaks against.
    """

    amount: Grey
    prior: float
    sheet: NDArray[np.bool_] | None = None


class Shades(NamedTuple):
    """The two shades of a page, and which of them is paper.

    dark, light: their usual levels; parting: the highest of the dark ones.
    border: which of them lies along the page's border, -1 (all dark) to 1 (all light).
    even: whether so much of the page is of one level that the light is likely even.
    """

    dark: int
    light: int
    parting: int
    border: float
    even: bool

    def paper(self, ink_is_dark: bool) -> int:
        """Return the level of the paper."""
        return self.light if ink_is_dark else self.dark


def inks(grey: Image.Image) -> Iterator[Ink]:
    """Yield what may be ink on a page (mode L), the likeliest first."""
    small = in_small(grey)
    shades = shades_of(small)
    dark = shades.border >= 0
    flat = ink_on_flat(grey, shades.paper(dark), dark)
    uneven = _uneven_inks(grey, small, dark)
    if shades.even:
        yield Ink(flat, 0)
        yield _other_polarity(grey, shades)
        yield from uneven
    else:
        yield next(uneven)
        yield Ink(flat, FLAT)
        yield from uneven
        yield _other_polarity(grey, shades)


def _other_polarity(grey: Image.Image, shades: Shades) -> Ink:
    """Return the ink if it is of the polarity that the border speaks against."""
    dark = shades.border < 0
    against = UNLIKELY * min(1.0, abs(shades.border) / ONE_SIDED)
    sheet = (np.asarray(grey) > shades.parting) == dark
    return Ink(ink_on_flat(grey, shades.paper(dark), dark), against, sheet)


def _uneven_inks(grey: Image.Image, small: Grey, by_border: bool) -> Iterator[Ink]:
    """Yield the ink under uneven light, in the likelier polarity first.

    Where the border speaks for the other polarity, that one comes, too.
    """
    light = light_surface(small)
    likely = darkness(small, light) > MOSTLY_LIGHT
    for dark in dict.fromkeys((likely, by_border)):
        for share in WINDOWS:
            window = int(share * min(small.shape))
            yield Ink(ink_on_uneven(grey, small, light, window, dark), UNEVEN)


def in_small(grey: Image.Image) -> Grey:
    """Return the picture averaged down to LIGHT_GRID, in which light is judged."""
    factor = -(-max(grey.size) // LIGHT_GRID)
    return np.asarray(grey.reduce(factor) if factor > 1 else grey)


def shades_of(small: Grey) -> Shades:
    """Part a page into dark and light (Otsu 1979), and look where each lies."""
    counts = counts_of(small)
    level, _ = two_shades(counts)
    dark, light = counts.copy(), counts.copy()
    dark[level + 1 :] = light[: level + 1] = 0
    middles = percentile(dark, 0.5), percentile(light, 0.5)
    border = 2 * _share_of_border(small > level) - 1
    paper = middles[1] if border >= 0 else middles[0]
    is_paper = abs(small.astype(np.int16) - paper) <= 1
    even = is_paper.mean() > EVEN and _share_of_border(is_paper) > EVEN_BORDER
    return Shades(*middles, level, border, even)


def ink_on_flat(grey: Image.Image, paper: int, ink_is_dark: bool) -> Grey:
    """Return the ink (h, w), 0 paper to 255, on paper of one level."""
    greys = np.arange(256, dtype=np.uint8)
    inks = _taken(greys, np.full_like(greys, paper), ink_is_dark)
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
    fourth row and column is enough for six coefficients.
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


def darkness(small: Grey, light: Surface) -> float:
    """Say how far the few pixels off the paper are darker, 1, or lighter, -1."""
    off = small - light
    tail = np.clip(off / (np.median(np.abs(off)) + 1), -TAIL, TAIL) ** 3
    return -float(tail.sum()) / max(float(np.abs(tail).sum()), 1e-9)


def _share_of_border(mask: NDArray[np.bool_]) -> float:
    """Return how much of the border the mask (h, w) covers, corners counted twice."""
    down, across = (max(1, n // 8) for n in mask.shape)
    sides = mask[:down], mask[-down:], mask[:, :across], mask[:, -across:]
    return sum(np.count_nonzero(side) / side.size for side in sides) / len(sides)


def _taken(picture: Grey, paper: Grey, ink_is_dark: bool) -> Grey:
    """Return what light ink adds, or the share of the light that dark ink takes."""
    if not ink_is_dark:
        return np.maximum(picture, paper) - paper
    lost = (paper - np.minimum(picture, paper)) * np.float32(255)
    return (lost / np.maximum(paper, DARKEST_PAPER)).astype(np.uint8)
