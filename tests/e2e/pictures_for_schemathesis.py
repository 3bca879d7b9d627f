"""What schemathesis sends where the description asks for a picture: pictures of digits.

By itself it would send single pixels, which are pictures but rightly refused.
"""

import base64
import io

import schemathesis
from hypothesis import strategies as st
from PIL import Image

from tests.support import digits

_FORMATS = ("png", "jpeg", "gif", "webp", "bmp", "tiff")


def _encoded(digit: int, name: str) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(digits.picture(digit))) as picture:
        picture.save(file, name)
    return file.getvalue()


_PICTURES = st.sampled_from(
    [_encoded(digit, name) for digit in range(10) for name in _FORMATS]
)
for _name in ("octet-stream", *_FORMATS):
    _kind = "image" if _name in _FORMATS else "application"
    schemathesis.openapi.media_type(f"{_kind}/{_name}", _PICTURES)
schemathesis.openapi.format(
    "byte", _PICTURES.map(lambda picture: base64.b64encode(picture).decode())
)
