"""How much ink lies on each pixel of a grey picture, whatever the light and polarity."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.morphology import Grey, closing, odd, opening

# The background is estimated on a picture of this many pixels on the long side:
# fine enough for shadows, coarse enough to average the paper's grain away.
BACKGROUND_GRID: Final = 96
# Paper darker than this reflects too little for a ratio of noise to mean ink.
DARKEST_PAPER: Final = 40
# Steps of the fit of the light; it settles after four or five.
FIT_STEPS: Final = 6
TAIL: Final = 8.0
CLEAR_CUT: Final = 0.96


@dataclass(frozen=True)
class Lighting:
    """A grey picture made small, the light that falls on it, and its polarity.

    small: (h, w) uint8; trend: (h, w) float32, a quadratic surface through the
    paper; ink_is_dark: whether ink is darker than paper.
    """

    small: Grey
    trend: NDArray[np.float32]
    ink_is_dark: bool
    clear: bool
    paper: int


def lighting_of(grey: Image.Image) -> Lighting:
    """Estimate the light on a grey picture, and whether its ink is dark."""
    factor = -(-max(grey.size) // BACKGROUND_GRID)
    small = np.asarray(grey.reduce(factor) if factor > 1 else grey)
    trend = _trend(small)
    level, clarity = two_shades(small)
    if clarity > CLEAR_CUT:
        border = _border_mean(np.where(small > level, 1, -1))
        if abs(border) > 0.3:
            dark = border > 0
            paper = int(np.median(small[(small > level) == dark]))
            return Lighting(small, trend, dark, True, paper)
    return Lighting(small, trend, _ink_is_dark(small - trend), False, 0)


def ink_of(grey: Image.Image, light: Lighting, window: int, dark: bool) -> Grey:
    """Return the ink (h, w), 0 paper to 255, of a grey picture in mode L.

    The background is the picture's morphological closing (for dark ink) or
    opening (for light ink) with a window, in the small picture's pixels, wider
    than a stroke: shadows stay in the background (the top-hat transform; Serra
    1982). Dark ink is the share of the paper's light that it takes away.
    """
    if not window:
        return _contrast(
            np.asarray(grey), np.full_like(np.asarray(grey), light.paper), dark
        )
    even = np.clip(light.small - light.trend + 128, 0, 255).astype(np.uint8)
    level = (closing if dark else opening)(even, odd(window)) + light.trend - 128
    level = np.clip(level, 0, 255).astype(np.uint8)
    smooth = Image.fromarray(level).resize(grey.size, Image.Resampling.BILINEAR)
    return _contrast(np.asarray(grey), np.asarray(smooth), dark)


def _contrast(picture: Grey, paper: Grey, dark: bool) -> Grey:
    if not dark:
        return np.maximum(picture, paper) - paper
    taken = (paper - np.minimum(picture, paper)).astype(np.uint16) * 255
    return (taken // np.maximum(paper, DARKEST_PAPER)).astype(np.uint8)


def _trend(small: Grey) -> NDArray[np.float32]:
    """Fit a quadratic surface to the paper: least squares that leave out outliers."""
    height, width = small.shape
    y, x = np.meshgrid(
        np.linspace(-1, 1, height, dtype=np.float32),
        np.linspace(-1, 1, width, dtype=np.float32),
        indexing="ij",
    )
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(
        -1, 6
    )
    values = small.reshape(-1).astype(np.float32)
    weights = np.ones_like(values)
    for _ in range(FIT_STEPS):
        weighted = terms * weights[:, None]
        normal = weighted.T @ terms + 1e-3 * np.eye(6, dtype=np.float32)
        fit = terms @ np.linalg.solve(normal, weighted.T @ values)
        off = np.abs(values - fit)
        weights = 1 / (1 + (off / (2 * np.median(off) + 1)) ** 2)
    return fit.reshape(height, width)


def _ink_is_dark(off: NDArray[np.float32]) -> bool:
    """Say whether ink is darker than paper.

    Two clear-cut shades: what lies at the picture's edge, and most of all in its
    corners, is paper. Else ink is what lies far from the many; under uneven light
    both ends do, and then ink is dark, as it mostly is.
    """
    scale = np.median(np.abs(off)) + 1
    tail = np.clip(off / scale, -TAIL, TAIL) ** 3
    return float(tail.sum()) < 0.7 * float(np.abs(tail).sum())


def two_shades(grey: Grey) -> tuple[int, float]:
    """Return the level that best parts dark from light, and how well it does, 0 to 1.

    The variance between the two classes by the whole variance (Otsu 1979).
    """
    counts = np.bincount(grey.ravel(), minlength=256).astype(float)
    below, mass = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    apart = (mass[-1] * below - mass * grey.size) ** 2
    between = apart / np.maximum(below * (grey.size - below), 1) / grey.size**2
    level = int(between.argmax())
    return level, float(between[level] / max(float(grey.var()), 1e-9))


def _border_mean(values: NDArray[np.int_]) -> float:
    """Return the mean along the picture's border, where corners count threefold."""
    height, width = values.shape
    near_y = np.minimum(np.arange(height), np.arange(height)[::-1]) < max(
        1, height // 8
    )
    near_x = np.minimum(np.arange(width), np.arange(width)[::-1]) < max(1, width // 8)
    weight = near_y[:, None].astype(int) + near_x + 4 * (near_y[:, None] & near_x)
    return float((values * weight).sum() / weight.sum())
