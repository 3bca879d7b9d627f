"""An uploaded picture becomes the pixels that the network reads."""

from service.image.choosing import Score
from service.image.files.decoding import declared_pixels
from service.image.files.formats import opens_as_picture
from service.image.files.rejection import (
    ImageRejected,
    NoDigit,
    RejectedAt,
    TooManyPixels,
    Undecodable,
    UnsupportedFormat,
)
from service.image.files.turns import TooManyWaiting
from service.image.previews import data_url, png_data_url
from service.image.reading import (
    SEVERAL,
    DigitImage,
    NumberImage,
    read_digit,
    read_number,
)

__all__ = [
    "SEVERAL",
    "DigitImage",
    "ImageRejected",
    "NoDigit",
    "NumberImage",
    "RejectedAt",
    "Score",
    "TooManyPixels",
    "TooManyWaiting",
    "Undecodable",
    "UnsupportedFormat",
    "data_url",
    "declared_pixels",
    "opens_as_picture",
    "png_data_url",
    "read_digit",
    "read_number",
]
