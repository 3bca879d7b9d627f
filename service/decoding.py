"""Uploaded bytes become an upright picture of bounded size."""

import io
import math
import struct
import zlib
from collections.abc import Callable
from typing import Final

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL.ImageFile import ImageFile

from service.rejection import TooManyPixels, Undecodable, UnsupportedFormat

# The decoders are called by name, never searched for: no other format of
# Pillow's can be reached, and Pillow's own pixel limit (a warning) is not asked.
SIGNATURES: Final[tuple[tuple[bytes, str, Callable[[io.BytesIO], ImageFile]], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "PNG", PngImagePlugin.PngImageFile),
    (b"\xff\xd8\xff", "JPEG", JpegImagePlugin.JpegImageFile),
    (b"GIF87a", "GIF", GifImagePlugin.GifImageFile),
    (b"GIF89a", "GIF", GifImagePlugin.GifImageFile),
    (b"RIFF", "WebP", WebPImagePlugin.WebPImageFile),
    (b"BM", "BMP", BmpImagePlugin.BmpImageFile),
    (b"II*\0", "TIFF", TiffImagePlugin.TiffImageFile),
    (b"MM\0*", "TIFF", TiffImagePlugin.TiffImageFile),
    (b"II+\0", "TIFF", TiffImagePlugin.TiffImageFile),
    (b"MM\0+", "TIFF", TiffImagePlugin.TiffImageFile),
)

# All that Pillow's six decoders are known to raise on damaged bytes; Warning is
# for callers that turn warnings into errors.
DECODER_ERRORS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    MemoryError,
    RuntimeError,
    ZeroDivisionError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
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

# Finer than this on the long side, no digit gains from more pixels.
ENOUGH_PIXELS: Final = 1000


def decode(body: bytes, max_pixels: int) -> Image.Image:
    """Return the first frame upright, in mode L, RGB, LA or RGBA.

    A picture of more than 2,000 pixels on its long side comes back averaged down
    to between 1,000 and 2,000. Raises UnsupportedFormat, TooManyPixels, Undecodable.
    """
    name, decoder = _decoder_for(body)
    try:
        picture = decoder(io.BytesIO(body))
        width, height = picture.size
        if width * height > max_pixels:
            raise TooManyPixels(width, height, max_pixels)
        return _upright(_eight_bits(_drafted(picture)), _orientation(picture))
    except DECODER_ERRORS as error:
        raise Undecodable(name) from error


def _decoder_for(body: bytes) -> tuple[str, Callable[[io.BytesIO], ImageFile]]:
    for signature, name, decoder in SIGNATURES:
        if body.startswith(signature) and (name != "WebP" or body[8:12] == b"WEBP"):
            return name, decoder
    raise UnsupportedFormat(body[:16])


def _drafted(picture: ImageFile) -> ImageFile:
    """Let the JPEG decoder skip detail (it scales by 2, 4 or 8 while decoding)."""
    width, height = picture.size
    shrink = max(width, height) / ENOUGH_PIXELS
    if shrink >= 2:
        picture.draft("", (math.ceil(width / shrink), math.ceil(height / shrink)))
    picture.load()
    return picture


def _orientation(picture: ImageFile) -> int:
    orientation: object = picture.getexif().get(ORIENTATION_TAG, 1)
    return orientation if isinstance(orientation, int) else 1


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    if orientation in UPRIGHT:
        return picture.transpose(UPRIGHT[orientation])
    return picture


def _eight_bits(picture: Image.Image) -> Image.Image:
    picture = _averaged(_plain_mode(picture))
    return picture


def _plain_mode(picture: Image.Image) -> Image.Image:
    if "transparency" in picture.info or picture.mode in ("LA", "PA", "La", "RGBa"):
        return picture.convert("RGBA")
    if picture.mode in ("L", "RGB", "RGBA"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode[0] in "IF":
        return _stretched(picture)
    if picture.mode == "LAB":
        return picture.getchannel(0)
    return picture.convert("RGB")


def _stretched(picture: Image.Image) -> Image.Image:
    """Bring 16-bit, 32-bit and float grey to 0..255 by its own extremes."""
    low, high = picture.convert("F").getextrema()
    if not (isinstance(low, float) and isinstance(high, float)):
        raise ValueError("more than one band")
    if not math.isfinite(high - low):
        raise ValueError("grey values without bounds")
    scale = 255 / max(high - low, 1e-30)
    return (
        picture.convert("F").point(lambda grey: grey * scale - low * scale).convert("L")
    )


def _averaged(picture: Image.Image) -> Image.Image:
    factor = max(picture.size) // ENOUGH_PIXELS
    return picture.reduce(factor) if factor >= 2 else picture
