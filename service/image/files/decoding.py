"""Uploaded bytes become an upright picture of bounded size."""

import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final, NamedTuple

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from service.image.files.apart import KEEP_THE_LOCK, WORTH_A_PROCESS, load_apart
from service.image.files.aspect import pixel_aspect, with_square_pixels
from service.image.files.bounds import BoundedFile, cost_of_pixel
from service.image.files.formats import decoder_for
from service.image.files.plain_png import decode_plain
from service.image.files.rejection import TooManyPixels, Undecodable, UnsupportedFormat
from service.image.files.turns import turn

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
# Enough for a first look.
QUICK_PIXELS: Final = 512
# Pictures of more pixels than this, up to 8 bytes each, are decoded in turn, so that
# many of them at once need no more memory than one. So are JPEGs that are asked for
# less: of a progressive one all coefficients are in memory.
LARGE: Final = 4_000_000


class Decoded(NamedTuple):
    """A frame, upright, in mode L, RGB or RGBA; size: as sent, (width, height)."""

    picture: Image.Image
    size: tuple[int, int]


def decode(body: bytes, max_pixels: int, frame: int = 0) -> Decoded:
    """Return one frame, the first by default.

    A picture of 2,000 pixels or more on its long side comes back averaged down to
    between 1,000 and 2,000. Raises UnsupportedFormat, TooManyPixels, Undecodable,
    TooManyWaiting.
    """
    plain = decode_plain(body)
    if plain is not None and plain.width * plain.height <= max_pixels:
        return Decoded(plain, plain.size)
    with _errors_named(body, max_pixels):
        picture = _opened(body, max_pixels)
        if frame:
            picture.seek(frame)
            _check_size(picture, max_pixels)
        return _decoded([picture], body, "", ENOUGH_PIXELS)


def decode_quickly(body: bytes, max_pixels: int) -> Decoded | None:
    """Return a large JPEG in grey and with less detail; None for what is no such."""
    if not body.startswith(b"\xff\xd8"):
        return None
    with _errors_named(body, max_pixels):
        picture = _opened(body, max_pixels)
        if max(picture.size) < 2 * QUICK_PIXELS:
            return None
        return _decoded([picture], body, "L", QUICK_PIXELS)


@contextmanager
def _errors_named(body: bytes, max_pixels: int) -> Iterator[None]:
    """Turn what Pillow raises into what is said of a picture."""
    name, _ = decoder_for(body)
    try:
        yield
    except PILLOWS_LIMIT as error:
        raise TooManyPixels("far too many", max_pixels) from error
    except DECODER_ERRORS as error:
        raise Undecodable(name) from error


def _opened(body: bytes, max_pixels: int) -> ImageFile:
    picture = decoder_for(body)[1](BoundedFile(body))
    _check_size(picture, max_pixels)
    return picture


def _check_size(picture: ImageFile, max_pixels: int) -> None:
    most = max_pixels // cost_of_pixel(picture)
    if picture.width * picture.height > most:
        raise TooManyPixels(f"{picture.width} x {picture.height}", most)


def _decoded(opened: list[ImageFile], body: bytes, mode: str, enough: int) -> Decoded:
    """Load a picture, in its turn if it is large, and take it out of its list.

    So its memory is given back before the next one's turn.
    """
    picture = opened.pop()
    (width, height), aspect = picture.size, pixel_aspect(picture)
    pixels = width * height
    apart = decoder_for(body)[0] in KEEP_THE_LOCK and pixels > WORTH_A_PROCESS
    large = apart or pixels * cost_of_pixel(picture) > LARGE
    shrink = max(width, height) / enough
    if shrink >= 2:  # a JPEG then gives no more detail than is needed
        picture.draft(mode, (math.ceil(width / shrink), math.ceil(height / shrink)))
    with turn() if large else nullcontext():
        if apart and picture.tell():
            raise EOFError("only the first of such frames is read")
        upright = load_apart(body) if apart else loaded(picture)
        del picture
    turned = (upright.width > upright.height) != (width > height * aspect)
    return Decoded(upright, (height, width) if turned else (width, height))


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
