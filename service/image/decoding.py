"""Uploaded bytes become an upright picture of bounded size."""

import math
import struct
import zlib
from contextlib import nullcontext
from typing import Final

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from service.image.apart import KEEP_THE_LOCK, WORTH_A_PROCESS, load_apart
from service.image.aspect import pixel_aspect, with_square_pixels
from service.image.bounds import BoundedFile, cost_of_pixel
from service.image.formats import decoder_for
from service.image.plain_png import decode_plain
from service.image.rejection import TooManyPixels, Undecodable, UnsupportedFormat
from service.image.turns import turn

# Pillow's own limit, which GIF and WebP ask, lies at 179 million pixels.
PILLOWS_LIMIT: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# All that Pillow's decoders were seen to raise on damaged bytes, or say that they
# may; Warning is for callers that turn warnings into errors.
DECODER_ERRORS: Final = (
    OSError,  # truncated or broken data; UnidentifiedImageError is one
    SyntaxError,  # not the format that the signature promised
    ValueError,
    TypeError,
    LookupError,  # a tag or table entry that is not there
    AttributeError,
    ArithmeticError,  # a size that overflows, a resolution of 1/0
    MemoryError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
    Warning,
)

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
# Pictures of more pixels than this, up to 8 bytes each, are decoded in turn, so that
# many of them at once need no more memory than one. So are JPEGs that are asked for
# less: of a progressive one all coefficients are in memory.
LARGE: Final = 4_000_000


def decode(body: bytes, max_pixels: int) -> Image.Image:
    """Return the first frame upright, in mode L, RGB or RGBA.

    A picture of 2,000 pixels or more on its long side comes back averaged down to
    between 1,000 and 2,000. Raises UnsupportedFormat, TooManyPixels, Undecodable,
    TooManyWaiting.
    """
    plain = decode_plain(body)
    if plain is not None and plain.width * plain.height <= max_pixels:
        return plain
    name, decoder = decoder_for(body)
    try:
        picture = decoder(BoundedFile(body))
        pixels, cost = picture.width * picture.height, cost_of_pixel(picture)
        if pixels > max_pixels // cost:
            declared = f"{picture.width} x {picture.height}"
            raise TooManyPixels(declared, max_pixels // cost)
        _ask_for_less(picture)
        apart = name in KEEP_THE_LOCK and pixels > WORTH_A_PROCESS
        with turn() if apart or pixels * cost > LARGE else nullcontext():
            if apart:
                return load_apart(body)
            upright = loaded(picture)
            del picture  # its memory is given back before the next one's turn
        return upright
    except PILLOWS_LIMIT as error:
        raise TooManyPixels("far too many", max_pixels) from error
    except DECODER_ERRORS as error:
        raise Undecodable(name) from error


def declared_pixels(body: bytes) -> int:
    """How many pixels the header declares; 0 if `decode` would not come to know it.

    Those that cost more to decode than others count as so many more.
    """
    try:
        _, decoder = decoder_for(body)
        picture = decoder(BoundedFile(body))
    except (UnsupportedFormat, *PILLOWS_LIMIT, *DECODER_ERRORS):
        return 0
    return picture.width * picture.height * cost_of_pixel(picture)


def _ask_for_less(picture: ImageFile) -> None:
    """Have a large JPEG decoded with only as much detail as is needed."""
    width, height = picture.size
    shrink = max(width, height) / ENOUGH_PIXELS
    if shrink >= 2:
        picture.draft("", (math.ceil(width / shrink), math.ceil(height / shrink)))


def loaded(picture: ImageFile) -> Image.Image:
    """What `decode` makes of an opened picture. Raises DECODER_ERRORS."""
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
