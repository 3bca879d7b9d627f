"""The formats that are read: which one a file is in, by its first bytes alone."""

import io
from collections.abc import Callable
from typing import Final

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)
from PIL.ImageFile import ImageFile

from service.image.files.bounds import TiffFile, jpeg_file
from service.image.files.foreign_formats import foreign_format, is_avif, text_format
from service.image.files.rejection import UnsupportedFormat

Decoder = Callable[[io.BytesIO], ImageFile]

# The decoders are called by name, never searched for: no other format of
# Pillow's can be reached.
SIGNATURES: Final[tuple[tuple[bytes, str, Decoder], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "PNG", PngImagePlugin.PngImageFile),
    (b"\xff\xd8\xff", "JPEG", jpeg_file),
    (b"GIF87a", "GIF", GifImagePlugin.GifImageFile),
    (b"GIF89a", "GIF", GifImagePlugin.GifImageFile),
    (b"RIFF", "WebP", WebPImagePlugin.WebPImageFile),
    (b"BM", "BMP", BmpImagePlugin.BmpImageFile),
    (b"II*\0", "TIFF", TiffFile),
    (b"MM\0*", "TIFF", TiffFile),
    (b"II+\0", "TIFF", TiffFile),
    (b"MM\0+", "TIFF", TiffFile),
)


def decoder_for(body: bytes) -> tuple[str, Decoder]:
    """The name of the format, and what opens it. Raises UnsupportedFormat."""
    for signature, name, decoder in SIGNATURES:
        if body.startswith(signature) and (name != "WebP" or body[8:12] == b"WEBP"):
            return name, decoder
    if AvifImagePlugin.SUPPORTED and is_avif(body):  # not all builds of Pillow have it
        return "AVIF", AvifImagePlugin.AvifImageFile
    named, text = foreign_format(body), text_format(body)
    raise UnsupportedFormat(named, text)


def opens_as_picture(body: bytes) -> bool:
    """Whether the first bytes are those of a format that is read."""
    try:
        decoder_for(body)
    except UnsupportedFormat:
        return False
    return True
