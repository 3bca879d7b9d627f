"""Uploaded bytes become an upright picture of bounded size."""

import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final, NamedTuple

from PIL import Image

from service.image.files.apart import KEEP_THE_LOCK, WORTH_A_PROCESS, load_apart
from service.image.files.aspect import pixel_aspect
from service.image.files.bounds import BoundedFile, checked_pixels, cost_of_pixel
from service.image.files.formats import decoder_for
from service.image.files.loading import ENOUGH_PIXELS, loaded
from service.image.files.plain_png import decode_plain
from service.image.files.rejection import (
    ImageRejected,
    TooManyPixels,
    Undecodable,
    UnsupportedFormat,
)
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

# Enough for a first look.
ROUGH_PIXELS: Final = 512
# So many frames or pages of a file are looked at if they are blank.
MOST_FRAMES: Final = 5
# Pictures of more pixels than this, up to 8 bytes each, are decoded in turn, so that
# many of them at once need no more memory than one. So are JPEGs that are asked for
# less: of a progressive one all coefficients are in memory.
LARGE: Final = 4_000_000


class Decoded(NamedTuple):
    """A frame, upright, in mode L, RGB or RGBA.

    size: as sent, (width, height); rough: whether there is more detail, or colour, to
    be had.
    """

    picture: Image.Image
    size: tuple[int, int]
    rough: bool = False


def looks(
    body: bytes, max_pixels: int, *, roughly: bool = False
) -> Iterator[tuple[int, Decoded]]:
    """Yield frame after frame, counted from 0; a large JPEG roughly first, if asked.

    Raises what `decode` raises, but tells only the first frame's faults.
    """
    first = decode(body, max_pixels, roughly=roughly)
    yield 0, first
    if first.rough:
        yield 0, decode(body, max_pixels)
    for frame in range(1, MOST_FRAMES):
        try:
            yield frame, decode(body, max_pixels, frame)
        except ImageRejected:  # there is no such frame, or no whole one
            return


def decode(
    body: bytes, max_pixels: int, frame: int = 0, *, roughly: bool = False
) -> Decoded:
    """Return one frame, the first by default; a large JPEG roughly, if that will do.

    A picture of 2,000 pixels or more on its long side comes back averaged down to
    between 1,000 and 2,000. Raises UnsupportedFormat, TooManyPixels, Undecodable,
    TooManyWaiting.
    """
    plain = decode_plain(body)
    if plain is not None and plain.width * plain.height <= max_pixels:
        return Decoded(plain, plain.size)
    name, decoder = decoder_for(body)
    with _errors_named(name, max_pixels):
        picture = decoder(BoundedFile(body))
        pixels = checked_pixels(picture, max_pixels)
        if frame:
            picture.seek(frame)
            pixels = checked_pixels(picture, max_pixels)
        width, height = size = picture.size
        rough = roughly and name == "JPEG" and max(size) >= 2 * ROUGH_PIXELS
        shrink = max(size) / (ROUGH_PIXELS if rough else ENOUGH_PIXELS)
        if shrink >= 2:  # a JPEG then gives no more detail than is needed
            least = math.ceil(width / shrink), math.ceil(height / shrink)
            picture.draft("L" if rough else "", least)
        apart = name in KEEP_THE_LOCK and width * height > WORTH_A_PROCESS
        if apart and frame:
            raise EOFError("only the first of such frames is read")
        with turn() if apart or pixels > LARGE else nullcontext():
            upright = load_apart(body) if apart else loaded(picture)
            aspect = pixel_aspect(picture)
            del picture  # its memory is given back before the next one's turn
    turned = (upright.width > upright.height) != (width > height * aspect)
    return Decoded(upright, (height, width) if turned else size, rough)


@contextmanager
def _errors_named(name: str, max_pixels: int) -> Iterator[None]:
    """Turn what Pillow raises into what is said of a picture."""
    try:
        yield
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
