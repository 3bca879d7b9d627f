"""Bounds on a picture's header, so that no small file is a long work.

Pillow reads the parts of a file one by one, in Python, and keeps most of what it finds.
Of parts that cost nothing to send, 8 MiB hold millions: seconds of work, and hundreds
of megabytes. No camera, scanner or program writes nearly as many.
"""

import io
from typing import Final

from PIL import BmpImagePlugin, JpegImagePlugin, TiffImagePlugin
from PIL.ImageFile import ImageFile

from service.image.files.rejection import TooManyPixels

# How often a file is read from: some times for each chunk, segment or tag.
MOST_READS: Final = 300_000
# How often these come in a JPEG. Each scan of a progressive one, be it of 50 bytes,
# costs a pass over all pixels; encoders write about ten. Each EXIF segment is appended
# to a copy of those before; there is one, and one in each thumbnail.
MOST_IN_JPEG: Final = {b"\xff\xda": 32, b"Exif\0\0": 100}
# What is tagged in a TIFF; libtiff writes a line to stderr for each that it cannot use.
MOST_TAGS: Final = 200
# Strips or tiles; one a row is the most that is of any use.
MOST_STRIPS: Final = 50_000
# Pillow unpacks a run-length coded BMP in Python, pixel by pixel.
RUN_LENGTH_COST: Final = 10


class BoundedFile(io.BytesIO):
    """A file in memory. Raises OSError when it is read from too often."""

    _reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes, as of any file."""
        self._reads += 1
        if self._reads > MOST_READS:
            raise OSError("the file consists of too many parts")
        return super().read(size)


class TiffFile(TiffImagePlugin.TiffImageFile):
    """A TIFF. Raises SyntaxError if it has too many tags or strips."""

    def _setup(self) -> None:
        """Make a list of the strips."""
        tags = self.tag_v2
        strips = tags.get(TiffImagePlugin.STRIPOFFSETS, ())
        tiles = tags.get(TiffImagePlugin.TILEOFFSETS, ())
        if len(tags) > MOST_TAGS or max(len(strips), len(tiles)) > MOST_STRIPS:
            raise SyntaxError("too many tags or strips")
        super()._setup()


def jpeg_file(file: io.BytesIO) -> ImageFile:
    """A JPEG. Raises SyntaxError if it has too many scans or EXIF segments."""
    body = file.getvalue()
    if any(body.count(mark) > most for mark, most in MOST_IN_JPEG.items()):
        raise SyntaxError("too many scans or EXIF segments")
    return JpegImagePlugin.JpegImageFile(file)


def checked_pixels(picture: ImageFile, max_pixels: int) -> int:
    """How many pixels' work a picture is. Raises TooManyPixels."""
    cost = cost_of_pixel(picture)
    if picture.width * picture.height > max_pixels // cost:
        raise TooManyPixels(f"{picture.width} x {picture.height}", max_pixels // cost)
    return picture.width * picture.height * cost


def cost_of_pixel(picture: ImageFile) -> int:
    """What a pixel costs to decode, in those of an ordinary picture."""
    is_bmp = isinstance(picture, BmpImagePlugin.BmpImageFile)
    coded = is_bmp and any(tile.codec_name == "bmp_rle" for tile in picture.tile)
    return RUN_LENGTH_COST if coded else 1
