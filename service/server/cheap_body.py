"""Whether the picture in a body costs little for certain, by its first bytes alone.

A file of a few kilobytes can declare 40 million pixels, and decoding them in a worker's
main thread would hold up everybody. So only a plain PNG of about MNIST's size passes.
"""

from typing import Final

from service.image.files.turns import TINY

# The signature and the start of the header chunk (PNG specification, third edition,
# sections 5.2 and 11.2.2); width, height, depth, colour type, compression, filter and
# interlacing follow.
_PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_HEADER: Final = slice(len(_PNG), len(_PNG) + 13)
# Chunks that may unpack to a thousand times their size.
_COMPRESSED: Final = (b"zTXt", b"iTXt", b"iCCP")
# A part's headers end here, or for werkzeug's parser at one of the others, too.
_BLANK_LINE: Final = b"\r\n\r\n"
_OTHER_BLANK_LINES: Final = (b"\n\n", b"\r\r")


def is_cheap(body: bytes, content_type: str) -> bool:
    """Whether the only picture is a PNG of at most TINY pixels, not interlaced."""
    if content_type.lstrip().lower().startswith("multipart/"):
        if body.count(_BLANK_LINE) != 1 or any(b in body for b in _OTHER_BLANK_LINES):
            return False  # more parts than one, or none
        body = body.partition(_BLANK_LINE)[2]
    header = body[_HEADER]
    if not body.startswith(_PNG) or len(header) < 13:
        return False
    if any(chunk in body for chunk in _COMPRESSED):
        return False
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    return width * height <= TINY and header[12] == 0
