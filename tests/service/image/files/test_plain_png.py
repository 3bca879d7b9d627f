import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from service.image import ImageRejected, TooManyPixels, read_digit
from service.image.files.plain_png import START, decode_plain
from tests.service.image.likeness import likeness
from tests.service.image.pictures import canvas, encode

RNG = np.random.default_rng(5)
DIGIT = canvas(4, 28, 2, 20)
GRAIN = Image.fromarray(RNG.integers(0, 256, (28, 28), dtype=np.uint8))
BODY = encode(DIGIT, "PNG")


def with_data(data: bytes) -> bytes:
    """A 28x28 grey PNG around any compressed data, with the right checksum."""
    chunk = b"IDAT" + data
    length, check = struct.pack(">I", len(data)), struct.pack(">I", zlib.crc32(chunk))
    return START + length + chunk + check + BODY[-12:]


@pytest.mark.parametrize("picture", [DIGIT, GRAIN, Image.new("L", (28, 28), 7)])
@pytest.mark.parametrize("optimize", [True, False])
def test_pixels_are_those_that_were_written(
    picture: Image.Image, optimize: bool
) -> None:
    plain = decode_plain(encode(picture, "PNG", optimize=optimize))
    assert plain is not None
    assert np.array_equal(np.asarray(plain), np.asarray(picture))


OTHERS = {
    "another size": encode(canvas(4, 29, 2, 20), "PNG"),
    "colour": encode(DIGIT.convert("RGB"), "PNG"),
    "palette": encode(DIGIT.convert("P"), "PNG"),
    "with a resolution": encode(DIGIT, "PNG", dpi=(72, 72)),
    "another format": encode(DIGIT, "BMP"),
    "empty": b"",
}


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS.keys())
def test_any_other_body_is_left_to_pillow(body: bytes) -> None:
    assert decode_plain(body) is None


DAMAGED = {
    "header alone": START,
    "cut in the data": BODY[:60],
    "without an end": BODY[:-12],
    "wrong checksum": BODY[:-13] + bytes([BODY[-13] ^ 1]) + BODY[-12:],
    "data that is not compressed": with_data(b"not compressed"),
    "unknown filter": with_data(zlib.compress(b"\x09" * 28 * 29)),
    "endless length": START + b"\xff\xff\xff\xff" + BODY[37:],
}


@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_plain_picture_is_left_to_pillow(body: bytes) -> None:
    assert decode_plain(body) is None
    with suppress(ImageRejected):
        read_digit(body, 784, likeness)


def test_data_that_unfolds_without_end_is_read_no_further_than_the_picture() -> None:
    bomb = with_data(zlib.compress(bytes(50_000_000)))
    plain = decode_plain(bomb)
    assert plain is None or not np.asarray(plain).any()


def test_fewer_pixels_allowed_than_a_plain_picture_has() -> None:
    with pytest.raises(TooManyPixels):
        read_digit(BODY, 783, likeness)
