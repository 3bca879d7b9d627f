"""Pictures that an answer shows, as data URLs (RFC 2397)."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.digit_form import SIDE


def png_data_url(pixels: NDArray[np.uint8]) -> str:
    """Return (784,) pixels as a 28x28 PNG in a data URL."""
    return data_url(Image.fromarray(pixels.reshape(SIDE, SIDE)))


def data_url(picture: Image.Image) -> str:
    """Return a picture as a PNG in a data URL."""
    png = io.BytesIO()
    picture.save(png, "PNG")
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode("ascii")
