"""What the main thread may decode: one plain PNG of few pixels, known by its header."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from werkzeug.exceptions import HTTPException

from service.image.files.turns import TINY
from service.server.cheap_body import is_cheap
from service.web.received.upload import read_image
from tests.support import digits

FORM = "multipart/form-data; boundary=x"


def _picture(name: str, side: int = 28, mode: str = "L", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (side, side)).save(file, name, **options)
    return file.getvalue()


def _part(content: bytes, name: str = "image", boundary: str = "x") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="a.png"'
    return f"--{boundary}\r\n{disposition}\r\n\r\n".encode() + content + b"\r\n"


def _form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--x--\r\n"


PNG = digits.png(Image.new("L", (28, 28), 255))
HUGE = _picture("PNG", 3000, "1")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("side", [1, 28, 64])
def test_plain_png_of_few_pixels_is_cheap(mode: str, side: int) -> None:
    body = _picture("PNG", side, mode)
    assert is_cheap(body, "image/png")
    assert is_cheap(_form(_part(body)), FORM)


def _with_text() -> bytes:
    info = PngInfo()
    info.add_text("a", "x" * 100_000, zip=True)
    return _picture("PNG", pnginfo=info)


def _interlaced() -> bytes:
    body = bytearray(PNG)
    body[28] = 1
    return bytes(body)


DEAR = {
    "nothing": b"",
    "half a header": PNG[:20],
    "many pixels": HUGE,
    "a pixel too many": _picture("PNG", int(TINY**0.5) + 1),
    "interlaced": _interlaced(),
    "compressed text": _with_text(),
    "text before it": b" " + PNG,
} | {name: _picture(name) for name in ("GIF", "JPEG", "BMP", "TIFF", "WebP")}


@pytest.mark.parametrize("body", DEAR.values(), ids=DEAR)
def test_whatever_may_cost_more_is_not_cheap(body: bytes) -> None:
    assert not is_cheap(body, "image/png")
    assert not is_cheap(_form(_part(body)), FORM)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PNG + b"\r\n" + _form(_part(HUGE)), id="in the preamble"),
        pytest.param(_form(_part(PNG, "other"), _part(HUGE)), id="in another part"),
        pytest.param(
            _part(PNG, boundary="y") + _form(_part(HUGE)), id="behind another boundary"
        ),
        pytest.param(
            _form(_part(PNG).replace(b"\r\n", b"\n"), _part(HUGE)), id="by line feeds"
        ),
    ],
)
def test_cheap_picture_does_not_hide_a_dear_one(body: bytes) -> None:
    assert not is_cheap(body, FORM)


PIECES = st.sampled_from(
    (PNG, HUGE, _picture("GIF", 3000), _part(PNG), _part(HUGE), _part(HUGE, "other"),
     _part(PNG, boundary="y"), b"--x", b"--", b"\r\n", b"\n\n", b"\r\r", b"x")
)  # fmt: skip


@given(st.lists(PIECES, max_size=6), st.sampled_from((FORM, "image/png", "IMAGE/PNG")))
def test_what_is_cheap_is_read_as_a_png_of_few_pixels(
    pieces: list[bytes], content_type: str
) -> None:
    body = b"".join(pieces)
    if not is_cheap(body, content_type):
        return
    try:
        upload = read_image({"CONTENT_TYPE": content_type}, body)
    except HTTPException:  # which costs nothing either
        return
    with Image.open(io.BytesIO(upload.content), formats=["PNG"]) as picture:
        assert picture.width * picture.height <= TINY
