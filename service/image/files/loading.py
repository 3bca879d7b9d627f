"""An opened file becomes an upright picture of eight bits and bounded size."""

from typing import Final

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from service.image.files.aspect import pixel_aspect, with_square_pixels

ORIENTATION_TAG: Final = 0x0112
# What undoes each EXIF orientation (EXIF 2.32, tag 274).
UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

SEE_THROUGH: Final = ("LA", "PA", "RGBA", "La", "RGBa")
# Floats closer together than this are one flat grey.
SMALLEST_RANGE: Final = 1e-30
# Finer than this on the long side, no digit gains from more pixels.
ENOUGH_PIXELS: Final = 1000


def loaded(picture: ImageFile) -> Image.Image:
    """What `decode` makes of an opened picture. Raises whatever its decoder does."""
    picture.load()
    square = with_square_pixels(
        _in_eight_bits(picture), pixel_aspect(picture), 2 * ENOUGH_PIXELS
    )
    return _upright(square, picture.getexif().get(ORIENTATION_TAG))


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        return _stretched(_averaged(picture.convert("F")))
    if "transparency" in picture.info or picture.mode in SEE_THROUGH:
        return _averaged(picture if picture.mode == "RGBA" else picture.convert("RGBA"))
    if picture.mode == "LAB":  # Pillow converts it to no other mode
        return _averaged(picture.getchannel("L"))
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    return _averaged(picture)


def _stretched(picture: Image.Image) -> Image.Image:
    """Bring 16-bit, 32-bit and float grey (mode F) to 0..255 by its own extremes."""
    grey = np.nan_to_num(np.asarray(picture, dtype=np.float64), posinf=0, neginf=0)
    low, high = float(grey.min()), float(grey.max())
    scale = 255 / max(high - low, SMALLEST_RANGE)
    return Image.fromarray(((grey - low) * scale + 0.5).astype(np.uint8))


def _averaged(picture: Image.Image) -> Image.Image:
    factor = max(picture.size) // ENOUGH_PIXELS
    return picture.reduce(factor) if factor >= 2 else picture


def _upright(picture: Image.Image, orientation: object) -> Image.Image:
    turn = UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return picture if turn is None else picture.transpose(turn)
