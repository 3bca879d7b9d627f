"""The commonest body, a 28x28 grey PNG and nothing else, read without a detour.

Pillow's own opening of a PNG walks the chunks in Python, which costs three times as
much as decoding so few pixels.
"""

import zlib
from typing import Final

from PIL import Image

SIZE: Final = (28, 28)
# The signature and the header chunk: 28x28, 8 bits of grey, not interlaced, with the
# chunk's length and checksum (PNG specification, third edition, sections 5 and 11).
START: Final = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x1c\0\0\0\x1c\x08\0\0\0\0Wf\x80H"
END: Final = b"\0\0\0\0IEND\xaeB`\x82"
LENGTH: Final = len(START)
KIND: Final = LENGTH + 4
DATA: Final = KIND + 4


def decode_plain(body: bytes) -> Image.Image | None:
    """Return the picture (mode L) of a whole 28x28 grey PNG with one data chunk.

    None for any other body, damaged ones included.
    """
    if not body.startswith(START):
        return None
    end = DATA + int.from_bytes(body[LENGTH:KIND])
    if not (body.startswith(b"IDAT", KIND) and body.startswith(END, end + 4)):
        return None
    if zlib.crc32(body[KIND:end]) != int.from_bytes(body[end : end + 4]):
        return None
    try:
        return Image.frombytes("L", SIZE, body[DATA:end], "zip", "L")
    except ValueError:  # it holds less than 784 pixels, or is not compressed so
        return None
