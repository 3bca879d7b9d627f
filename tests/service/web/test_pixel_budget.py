"""The pixels of one request's pictures: known from the headers, bounded together."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from service.image import declared_pixels
from service.image.files.formats import SIGNATURES
from service.web.received.upload import PixelBudget


def _picture(name: str, width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, name)
    return file.getvalue()


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WebP", "BMP", "TIFF"])
def test_header_tells_the_pixels(name: str) -> None:
    assert declared_pixels(_picture(name, 30, 20)) == 600


@given(st.sampled_from(SIGNATURES), st.binary(max_size=60))
def test_damaged_header_tells_a_number_and_raises_nothing(
    signature: tuple[bytes, str, object], rest: bytes
) -> None:
    assert declared_pixels(signature[0] + rest) >= 0


def test_picture_that_is_too_large_by_itself_costs_the_others_nothing() -> None:
    budget = PixelBudget(100)
    allowed = [budget.allow(_picture("PNG", 101, 1)) for _ in range(20)]
    assert allowed == [100] * 20


def test_what_is_left_is_what_the_last_ones_may_have() -> None:
    budget = PixelBudget(100)
    allowed = [budget.allow(_picture("PNG", 9, 10)) for _ in range(13)]
    assert allowed == [100] * 10 + [100, 10, 10]
