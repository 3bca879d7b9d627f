"""Several images that are read all or none: encoded pictures, or rows of pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from werkzeug.exceptions import BadRequest

from service.image import ImageRejected, RejectedAt, Score, read_digit
from service.web.received.upload import PixelBudget


@dataclass(frozen=True, eq=False)  # arrays do not compare to one bool
class Images:
    """What is to be predicted of n images.

    Attributes:
        pixels: (n, 784), 0 background to 255 ink.
        certainty: of each, by what its confidence is to be multiplied, 0 to 1.
        warnings: of each, what there is to know about it, one sentence each.
    """

    pixels: NDArray[Any]
    certainty: Sequence[float]
    warnings: Sequence[Sequence[str]]


def read_pictures(pictures: list[bytes], max_pixels: int, score: Score) -> Images:
    """The digits in n encoded pictures, each of at most so many pixels.

    Raises RejectedAt for the first one that is refused, BadRequest for an empty one.
    """
    budget = PixelBudget(max_pixels)
    images = []
    for position, picture in enumerate(pictures):
        if not picture:
            raise BadRequest(f"picture {position}, counted from 0, has 0 bytes")
        try:
            images.append(read_digit(picture, budget.allow(picture), score))
        except ImageRejected as rejection:
            raise RejectedAt(position, rejection) from rejection
    return Images(
        pixels=np.stack([image.pixels for image in images]),
        certainty=[image.certainty for image in images],
        warnings=[image.warnings for image in images],
    )


def images_of(pixels: NDArray[Any]) -> Images:
    """Rows of pixels as they were sent, (n, 784); one of a single grey is no digit."""
    holds_something = pixels.min(axis=1) < pixels.max(axis=1)
    return Images(pixels, holds_something.astype(float), [()] * len(pixels))
