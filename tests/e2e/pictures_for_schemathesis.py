"""What schemathesis sends where the description asks for a picture: pictures of digits.

By itself it would send single pixels, which are pictures but rightly refused.
"""

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


for _name in _FORMATS:
    schemathesis.openapi.media_type(
        f"image/{_name}",
        st.sampled_from([_encoded(digit, _name) for digit in range(10)]),
    )
