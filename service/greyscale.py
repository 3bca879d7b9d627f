"""A colour picture becomes grey in the way that sets ink and paper furthest apart."""

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

# Colours are compared on a picture of about this many pixels on the long side.
COLOUR_GRID: Final = 160


def to_grey(picture: Image.Image) -> Image.Image:
    """Return the picture in mode L; a transparent one by what is opaque.

    The weights of red, green and blue are the direction in which the colours of
    neighbouring pixels differ most (the first principal component of the picture
    less its blur), so that red ink on blue paper of the same lightness shows.
    """
    if picture.mode == "RGBA":
        return _by_opacity(picture)
    return picture if picture.mode == "L" else _projected(picture)


def _by_opacity(picture: Image.Image) -> Image.Image:
    opacity = picture.getchannel("A")
    low, high = opacity.getextrema()
    if low == high:
        return _projected(picture.convert("RGB"))
    colours = np.asarray(picture)
    opaque = colours[colours[..., 3] > 127, :3]
    if (
        not len(opaque)
        or np.ptp(np.percentile(opaque, (2, 98), axis=0), axis=0).max() < 64
    ):
        return opacity
    page = Image.new("RGBA", picture.size, (*map(int, np.median(opaque, axis=0)), 255))
    page.alpha_composite(picture)
    return _projected(page.convert("RGB"))


def _projected(picture: Image.Image) -> Image.Image:
    factor = max(1, max(picture.size) // COLOUR_GRID)
    small = picture.reduce(factor)
    local = small.filter(ImageFilter.BoxBlur(max(small.size) // 16 + 1))
    detail = (np.asarray(small, dtype=np.float32) - np.asarray(local)).reshape(-1, 3)
    direction = np.linalg.eigh(detail.T @ detail)[1][:, 2]
    weights = direction / np.abs(direction).sum() * (1 if direction.sum() >= 0 else -1)
    lift = -255 * float(weights[weights < 0].sum())
    return picture.convert("L", (*map(float, weights), lift))
