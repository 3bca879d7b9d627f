"""A colour picture becomes grey in the way that sets ink and paper furthest apart."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

# Colours are compared on a picture of at most this many pixels on the long side.
COLOUR_GRID: Final = 128
# Levels of a channel; less than this apart is one colour.
ONE_COLOUR: Final = 64


def to_grey(picture: Image.Image) -> Image.Image:
    """Return a picture of mode L, RGB or RGBA in mode L."""
    if picture.mode == "RGBA":
        return _by_opacity(picture)
    return picture if picture.mode == "L" else _projected(picture)


def _by_opacity(picture: Image.Image) -> Image.Image:
    """Return what is opaque, if it is of one colour; else its colours, on its page.

    One colour on nothing is ink, whatever its shade. Many colours are a page with
    a digit on it, whose transparent rest is filled with the page's usual colour.
    """
    opacity = picture.getchannel("A")
    lowest, highest = opacity.getextrema()
    if lowest == highest:
        return _projected(picture)
    colours = np.asarray(_small(picture))
    opaque = colours[colours[..., 3] > 127, :3]
    if (
        not len(opaque)
        or np.ptp(np.percentile(opaque, (2, 98), axis=0), axis=0).max() < ONE_COLOUR
    ):
        return opacity
    usual = (*map(int, np.median(opaque, axis=0)), 255)
    page = Image.new("RGBA", picture.size, usual)
    page.alpha_composite(picture)
    return _projected(page.convert("RGB"))


def _projected(picture: Image.Image) -> Image.Image:
    """Weigh red, green and blue by how much each tells ink from paper.

    The weights are the direction in which the colours of neighbouring pixels differ
    most (the first principal component of the picture less its blur), so that red
    ink on blue paper of the same lightness shows.
    """
    small = _small(picture)
    if _is_grey(np.asarray(small)):
        return picture.getchannel("R")
    small, picture = small.convert("RGB"), picture.convert("RGB")
    local = small.filter(ImageFilter.BoxBlur(max(small.size) // 16 + 1))
    detail = (np.asarray(small, dtype=np.float32) - np.asarray(local)).reshape(-1, 3)
    direction = np.linalg.eigh(detail.T @ detail)[1][:, 2]
    weights = direction / np.abs(direction).sum() * (1 if direction.sum() >= 0 else -1)
    lift = -255 * float(weights[weights < 0].sum())
    return picture.convert("L", (*map(float, weights), lift))


def _is_grey(colours: NDArray[np.uint8]) -> bool:
    red, green, blue = (colours[..., band] for band in range(3))
    return np.array_equal(red, green) and np.array_equal(red, blue)


def _small(picture: Image.Image) -> Image.Image:
    factor = -(-max(picture.size) // COLOUR_GRID)
    return picture.reduce(factor) if factor > 1 else picture
