"""What is no picture that is read is named, whatever it is called."""

import pytest
from PIL import Image

from service.image import UnsupportedFormat, read_digit
from tests.service.image.likeness import likeness
from tests.service.image.pictures import canvas, encode


def _ftyp(*brands: str) -> bytes:
    """The first box of a file of the ISO base media format."""
    major, *others = (brand.encode() for brand in brands)
    box = b"ftyp" + major + bytes(4) + b"".join(others)
    return (len(box) + 4).to_bytes(4, "big") + box + b"\0\0\0\x08meta"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        pytest.param(_ftyp("heic", "mif1", "heic"), "HEIC", id="HEIC of a phone"),
        pytest.param(_ftyp("mif1", "mif1", "heix"), "HEIC", id="HEIC of ten bits"),
        pytest.param(_ftyp("msf1", "hevc"), "HEIC", id="a sequence of pictures"),
        pytest.param(encode(Image.new("L", (16, 16)), "ICO"), "ICO", id="ICO"),
        pytest.param(encode(canvas(1), "JPEG2000"), "JPEG 2000", id="JPEG 2000"),
        pytest.param(b"\xff\x0a\xfa\x1f", "JPEG XL", id="JPEG XL"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", "PDF", id="PDF"),
        pytest.param(b"PK\3\4\x14\0", "ZIP", id="ZIP"),
        pytest.param(b"\x1f\x8b\x08\0", "gzip", id="gzip"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG", id="SVG"),
        pytest.param(b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<svg/>', "SVG",
                     id="SVG after a declaration"),
        pytest.param(b"<!DOCTYPE html><title>x</title>", "HTML", id="a page"),
        pytest.param(b"iVBORw0KGgoAAAANSUhEUgAA", "text", id="base64"),
        pytest.param("gr\u00f6\u00dfer ".encode() * 999, "text", id="text"),
        pytest.param(bytes(99), "unknown", id="zeros"),
        pytest.param(b"", "unknown", id="nothing"),
        pytest.param(_ftyp("mp42", "isom"), "unknown", id="a video"),
        pytest.param(b"\0\0\0\x08ftyp", "unknown", id="a box without a brand"),
    ],
)  # fmt: skip
def test_format_that_is_not_read_is_named(body: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=name):
        read_digit(body, 1_000_000, likeness)
