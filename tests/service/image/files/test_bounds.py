"""Small files that would be a long work are refused, by what they consist of."""

import struct
import zlib

import pytest
from PIL import Image

from service.image import (
    NoDigit,
    TooManyPixels,
    Undecodable,
    declared_pixels,
    read_digit,
)
from tests.service.image.likeness import likeness
from tests.service.image.pictures import canvas, encode, run_length_coded

MAX_PIXELS = 1_000_000


def with_inserted(body: bytes, at: int, inserted: bytes) -> bytes:
    return body[:at] + inserted + body[at:]


def tiff(*further: tuple[int, int]) -> bytes:
    """A TIFF of 8x8 black pixels with further tags of 4-byte numbers and lengths."""
    tags = sorted([(256, 1), (257, 1), (258, 1), (259, 1), (262, 1), *further])
    values = {256: 8, 257: 8, 258: 8}
    at = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(
        struct.pack("<HHII", tag, 4, length, values.get(tag, 1) if length == 1 else at)
        for tag, length in tags
    )
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    return head + bytes(4 * max(length for _, length in tags))


PRIVATE_TAGS = [(tag, 1) for tag in range(40_000, 40_200)]
PNG, GIF = encode(canvas(3), "PNG"), encode(canvas(3), "GIF")
CHUNK = bytes(4) + b"abCd" + struct.pack(">I", zlib.crc32(b"abCd"))
AFTER_PALETTE = 13 + (6 << (GIF[10] & 7))
JPEG = encode(canvas(3), "JPEG", progressive=True)
SCAN = JPEG[JPEG.rindex(b"\xff\xda") : -2]
EXIF = b"\xff\xe1\0\x09Exif\0\0x"

LONG_WORK = {
    "PNG of chunks": with_inserted(PNG, 33, CHUNK * 150_000),
    "JPEG of fill bytes": with_inserted(JPEG, 2, b"\xff" * 300_000),
    "JPEG of segments": with_inserted(JPEG, 2, b"\xff\xef\0\2" * 100_000),
    "JPEG of EXIF": with_inserted(JPEG, 2, EXIF * 101),
    "JPEG of scans": with_inserted(JPEG, -2, SCAN * 32),
    "GIF of comments": with_inserted(GIF, AFTER_PALETTE, b"!\xfe\0" * 150_000),
    "TIFF of tags": tiff((273, 1), *PRIVATE_TAGS),
    "TIFF of strips": tiff((273, 50_001)),
    "TIFF of tiles": tiff((322, 1), (323, 1), (324, 50_001)),
}
ENOUGH = {
    "PNG of chunks": with_inserted(PNG, 33, CHUNK * 20_000),
    "JPEG of fill bytes": with_inserted(JPEG, 2, b"\xff" * 20_000),
    "JPEG of EXIF": with_inserted(JPEG, 2, EXIF * 50),
    "JPEG of scans": with_inserted(JPEG, -2, SCAN * 20),
    "GIF of comments": with_inserted(GIF, AFTER_PALETTE, b"!\xfe\0" * 20_000),
}


@pytest.mark.parametrize("body", LONG_WORK.values(), ids=LONG_WORK)
def test_file_of_endlessly_many_parts_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        read_digit(body, MAX_PIXELS, likeness)
    assert declared_pixels(body) in {0, 280 * 280}


@pytest.mark.parametrize("body", ENOUGH.values(), ids=ENOUGH)
def test_file_of_many_parts_is_read(body: bytes) -> None:
    assert read_digit(body, MAX_PIXELS, likeness).pixels.any()


@pytest.mark.parametrize(
    "body", [tiff((273, 1), *PRIVATE_TAGS[:99]), tiff((273, 9_000))]
)
def test_tiff_of_many_parts_is_read(body: bytes) -> None:
    with pytest.raises(NoDigit):
        read_digit(body, MAX_PIXELS, likeness)


def test_run_length_coded_pixels_count_tenfold() -> None:
    body = run_length_coded(Image.new("L", (100, 10), 255))
    assert declared_pixels(body) == 10_000
    with pytest.raises(NoDigit):
        read_digit(body, 10_000, likeness)
    with pytest.raises(TooManyPixels, match="at most 999 are read"):
        read_digit(body, 9_999, likeness)
