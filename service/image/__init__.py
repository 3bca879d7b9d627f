"""An uploaded picture becomes the 784 pixels that the network reads."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.decoding import declared_pixels, decode
from service.image.digit_form import SIDE, already_mnist, to_mnist
from service.image.digit_search import find_digit
from service.image.formats import opens_as_picture
from service.image.greyscale import to_grey
from service.image.rejection import (
    ImageRejected,
    NoDigit,
    RejectedAt,
    TooManyPixels,
    Undecodable,
    UnsupportedFormat,
)
from service.image.turns import TooManyWaiting

__all__ = [
    "DigitImage",
    "ImageRejected",
    "NoDigit",
    "RejectedAt",
    "TooManyPixels",
    "TooManyWaiting",
    "Undecodable",
    "UnsupportedFormat",
    "data_url",
    "declared_pixels",
    "opens_as_picture",
    "png_data_url",
    "read_digit",
]


@dataclass(frozen=True)
class DigitImage:
    """One digit in MNIST's form.

    pixels: (784,) uint8, 0 background to 255 ink, the rows of 28x28.
    warnings: what a user should know about the picture, one sentence each.
    """

    pixels: NDArray[np.uint8]
    warnings: tuple[str, ...] = ()


def read_digit(body: bytes, max_pixels: int) -> DigitImage:
    """Bring the picture of one handwritten digit to MNIST's form.

    Raises a subclass of ImageRejected, or TooManyWaiting, and nothing else, whatever
    the bytes.
    """
    picture = decode(body, max_pixels)
    grey = to_grey(picture)
    pixels = already_mnist(grey)
    if pixels is not None:
        return DigitImage(pixels)
    found = find_digit(grey)
    if found is None:
        raise NoDigit(*picture.size)
    warnings = ("several digits were seen; the largest was read",) * (found.digits > 1)
    return DigitImage(to_mnist(found.ink), warnings)


def png_data_url(pixels: NDArray[np.uint8]) -> str:
    """Return (784,) pixels as a 28x28 PNG in a data URL."""
    return data_url(Image.fromarray(pixels.reshape(SIDE, SIDE)))


def data_url(picture: Image.Image) -> str:
    """Return a picture as a PNG in a data URL (RFC 2397)."""
    png = io.BytesIO()
    picture.save(png, "PNG")
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode("ascii")
