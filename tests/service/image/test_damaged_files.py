import random
import struct
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from service.image import ImageRejected, read_digit
from service.image.files.formats import SIGNATURES
from tests.service.image.likeness import likeness
from tests.service.image.pictures import FILES, canvas, encode, resealed

MAX_PIXELS = 1_000_000
BODIES = [file(3) for file in FILES.values()]


def read_or_reject(body: bytes) -> None:
    """Let through any exception that is not a rejection."""
    with suppress(ImageRejected):
        read_digit(body, MAX_PIXELS, likeness)


@given(st.sampled_from([s for s, _, _ in SIGNATURES]), st.binary(max_size=300))
def test_random_bytes_are_read_or_rejected(signature: bytes, rest: bytes) -> None:
    read_or_reject(signature + rest)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(BODIES),
    st.lists(
        st.tuples(st.floats(0, 1), st.binary(max_size=12), st.integers(0, 12)),
        max_size=4,
    ),
)
@example(BODIES[0], [(0.001, b"", 4)])
def test_damaged_files_are_read_or_rejected(
    body: bytes, damages: list[tuple[float, bytes, int]]
) -> None:
    damaged = bytearray(body)
    for at, inserted, removed in damages:
        start = int(at * len(damaged))
        damaged[start : start + removed] = inserted
    read_or_reject(bytes(damaged))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([body for body in BODIES if body.startswith(b"\x89PNG")]),
    st.lists(st.tuples(st.integers(16, 400), st.integers(0, 255)), max_size=5),
)
def test_png_damaged_under_right_checksums_is_read_or_rejected(
    body: bytes, damages: list[tuple[int, int]]
) -> None:
    damaged = bytearray(body)
    for at, value in damages:
        damaged[min(at, len(damaged) - 1)] = value
    read_or_reject(resealed(bytes(damaged)))


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


FOLDED = zlib.compress(bytes(100_000_000))


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"tEXt"])
def test_folded_text_in_a_picture_is_not_unfolded_without_bound(kind: bytes) -> None:
    body = encode(canvas(3), "PNG")
    bomb = chunk(kind, b"name\0\0" + FOLDED)
    tracemalloc.start()
    read_or_reject(body[:33] + bomb + body[33:])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from(["L", "RGB", "RGBA", "LA", "P", "1", "CMYK"]),
    st.integers(0, 2**32),
)
def test_pictures_of_any_content_are_read_or_rejected(
    width: int, height: int, mode: str, seed: int
) -> None:
    bands = len(Image.new(mode, (1, 1)).getbands())
    size = width * height * bands if mode != "1" else (width + 7) // 8 * height
    content = random.Random(seed).randbytes(size)
    read_or_reject(encode(Image.frombytes(mode, (width, height), content), "TIFF"))
