"""A picture whose pixels are not square is read in its true form."""

from typing import Any

import pytest
from PIL import Image

from service.image.files.decoding import decode
from tests.service.image.pictures import encode

TALL = Image.linear_gradient("L").resize(
    (200, 100)
)  # as a fax of 204 x 98 sends 200 x 208


@pytest.mark.parametrize(
    ("form", "options", "size"),
    [
        pytest.param("TIFF", {"dpi": (204, 98)}, (200, 208), id="standard fax"),
        pytest.param("TIFF", {"dpi": (204, 391)}, (383, 100), id="superfine fax"),
        pytest.param(
            "TIFF",
            {"x_resolution": 2.0, "y_resolution": 1.0, "resolution_unit": 1},
            (200, 200),
            id="a ratio without a unit",
        ),
        pytest.param("JPEG", {"dpi": (100, 50)}, (200, 200), id="JPEG"),
        pytest.param("PNG", {"dpi": (50, 100)}, (400, 100), id="PNG"),
        pytest.param("BMP", {"dpi": (100, 50)}, (200, 200), id="BMP"),
        pytest.param("TIFF", {"dpi": (204, 204)}, (200, 100), id="square"),
        pytest.param("PNG", {"dpi": (72, 72.5)}, (200, 100), id="as good as square"),
        pytest.param("TIFF", {"dpi": (300, 1)}, (200, 100), id="no fax at all"),
        pytest.param("PNG", {"dpi": (72, 0)}, (200, 100), id="nothing across nothing"),
        pytest.param("PNG", {}, (200, 100), id="nothing said"),
    ],
)
def test_pixels_become_square(
    form: str, options: dict[str, Any], size: tuple[int, int]
) -> None:
    decoded = decode(encode(TALL, form, **options), 1_000_000).picture
    assert decoded.size == pytest.approx(size, abs=1)


def test_turned_page_is_stretched_along_its_own_rows() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    body = encode(TALL, "JPEG", dpi=(100, 50), exif=exif)
    assert decode(body, 1_000_000).picture.size == (200, 200)


def test_large_page_grows_no_larger_than_others() -> None:
    page = Image.new("L", (1900, 1900), 255)
    decoded = decode(encode(page, "PNG", dpi=(400, 100)), 10_000_000)
    assert max(decoded.picture.size) <= 2000
