"""Whether the picture in a body costs little for certain, by its first bytes alone.

A file of a few kilobytes can declare 40 million pixels, and decoding them in a worker's
main thread would hold up everybody. So only a plain PNG of about MNIST's size passes.
"""

import re
from typing import Final

# The signature and the start of the header chunk (PNG specification, third edition,
# sections 5.2 and 11.2.2); width, height, depth, colour type, compression, filter and
# interlacing follow.
_PNG: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_HEADER: Final = slice(len(_PNG), len(_PNG) + 13)
MOST_PIXELS: Final = 64 * 64
# Chunks that may unpack to a thousand times their size.
_COMPRESSED: Final = re.compile(rb"zTXt|iTXt|iCCP")
# Where a part's headers end for werkzeug's parser. What is no form has no parts.
_BLANK_LINE: Final = re.compile(rb"\r\n\r\n|\r\r|\n\n")


def is_cheap(body: bytes, content_type: str) -> bool:
    """Whether the only picture is a PNG of at most MOST_PIXELS, not interlaced."""
    if content_type.lstrip().lower().startswith("multipart/"):
        ends = [found.end() for found in _BLANK_LINE.finditer(body)]
        if len(ends) != 1:  # more parts than one, or none
            return False
        body = body[ends[0] :]
    header = body[_HEADER]
    if not body.startswith(_PNG) or len(header) < 13 or _COMPRESSED.search(body):
        return False
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    return width * height <= MOST_PIXELS and header[12] == 0
