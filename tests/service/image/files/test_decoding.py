import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from service.image import (
    ImageRejected,
    TooManyPixels,
    Undecodable,
    UnsupportedFormat,
    read_digit,
)
from service.image.files.decoding import decode
from service.image.files.formats import SIGNATURES
from tests.service.image.likeness import likeness
from tests.service.image.pictures import FILES, canvas, encode

MAX_PIXELS = 1_000_000
BODIES = [file(3) for file in FILES.values()]

UNSUPPORTED = {
    "empty": b"",
    "one byte": b"\x89",
    "text": b"The quick brown fox",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "ICO": encode(canvas(1, 64, 6, 40), "ICO"),
    "PPM": encode(canvas(1), "PPM"),
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "HEIC": b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf",
    "a video": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "sound in RIFF": b"RIFF\x24\0\0\0WAVEfmt ",
}


@pytest.mark.parametrize("body", UNSUPPORTED.values(), ids=UNSUPPORTED.keys())
def test_any_other_format_is_unsupported(body: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        read_digit(body, MAX_PIXELS, likeness)


@pytest.mark.parametrize("form", FILES)
def test_file_cut_short_is_undecodable(form: str) -> None:
    body = FILES[form](3)
    with pytest.raises(Undecodable):
        read_digit(body[: len(body) // 3], MAX_PIXELS, likeness)


@pytest.mark.parametrize("signature", sorted({s for s, _, _ in SIGNATURES}))
def test_signature_without_a_picture_is_rejected(signature: bytes) -> None:
    with pytest.raises(ImageRejected):
        read_digit(signature, MAX_PIXELS, likeness)


def png_header(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = (
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
        for c in (header, data)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def bmp_header(width: int, height: int) -> bytes:
    return b"BM" + struct.pack(
        "<IIIIiiHHIIiiII", 100, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0
    )


def gif_header(width: int, height: int) -> bytes:
    frame = (
        b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\0;"
    )
    return (
        b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0" * 6 + frame
    )


def jpeg_header(width: int, height: int) -> bytes:
    small = encode(Image.new("L", (8, 8)), "JPEG")
    start = small.index(b"\xff\xc0") + 5
    return small[:start] + struct.pack(">HH", height, width) + small[start + 4 :]


BOMBS = {
    "PNG of 100,000 x 100,000": png_header(100_000, 100_000),
    "PNG of one row": png_header(1_000_001, 1),
    "BMP": bmp_header(60_000, 60_000),
    "GIF": gif_header(65_535, 65_535),
    "JPEG": jpeg_header(65_000, 65_000),
    "TIFF": encode(Image.new("1", (4000, 300)), "TIFF", compression="group4"),
    "WebP": encode(Image.new("L", (4000, 300)), "WEBP", lossless=True),
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS.keys())
def test_too_many_declared_pixels_are_not_decoded(body: bytes) -> None:
    with pytest.raises(TooManyPixels) as rejection:
        read_digit(body, MAX_PIXELS, likeness)
    assert rejection.value.max_pixels == MAX_PIXELS


def test_frame_larger_than_pillow_takes_is_too_many_pixels() -> None:
    small_screen = bytearray(gif_header(60_000, 60_000))
    small_screen[6:10] = struct.pack("<HH", 10, 10)
    with pytest.raises(TooManyPixels):
        read_digit(bytes(small_screen), MAX_PIXELS, likeness)


def test_as_many_pixels_as_allowed_are_decoded() -> None:
    assert decode(encode(canvas(3, 280), "PNG"), 280 * 280).picture.size == (280, 280)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_large_picture_is_brought_to_a_thousand_pixels_and_more(form: str) -> None:
    size = decode(encode(Image.new("RGB", (3500, 1400)), form), 10_000_000).picture.size
    assert 1000 <= size[0] < 2000
    assert size[0] / size[1] == pytest.approx(2.5, rel=0.01)


@pytest.mark.parametrize("values", [[0, 60_000], [3, 4], [1000, 64_000]])
def test_sixteen_bits_are_spread_over_eight(values: list[int]) -> None:
    picture = Image.fromarray(np.array([values], dtype=np.uint16))
    assert np.asarray(decode(encode(picture, "PNG"), 9).picture).tolist() == [[0, 255]]


@pytest.mark.parametrize("values", [[0, np.inf], [np.nan, np.nan], [3e38, -3e38]])
def test_floats_without_bounds_are_no_error(values: list[float]) -> None:
    picture = Image.fromarray(np.array([values], dtype=np.float32))
    assert decode(encode(picture, "TIFF"), 9).picture.size == (2, 1)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_large_pictures_are_decoded_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    running, most = [0], [0]
    load = Image.Image.load

    def counted(picture: Image.Image) -> object:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.005)
        running[0] -= 1
        return load(picture)

    monkeypatch.setattr(Image.Image, "load", counted)
    body = encode(Image.new("1", (2500, 2000)), form)
    with ThreadPoolExecutor(4) as threads:
        sizes = list(threads.map(lambda b: decode(b, 10**7).picture.size, [body] * 4))
    assert sizes == [(1250, 1000)] * 4
    assert most == [1]


def test_pillow_is_not_asked_to_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Image, "open")
    for body in BODIES:
        assert decode(body, MAX_PIXELS).picture.size == (280, 280)


def test_bytes_after_the_picture_do_not_matter() -> None:
    body = encode(canvas(3), "PNG")
    first, second = (
        read_digit(b, MAX_PIXELS, likeness).pixels for b in (body, body + bytes(1000))
    )
    assert np.array_equal(first, second)
