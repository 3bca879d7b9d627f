"""Several encoded pictures that are read all or none."""

import numpy as np
from numpy.typing import NDArray

from service.image import ImageRejected, RejectedAt, Score, read_digit
from service.web.received.upload import PixelBudget


def read_pictures(
    pictures: list[bytes], max_pixels: int, score: Score
) -> NDArray[np.uint8]:
    """The digits in n pictures, (n, 784), each of at most so many pixels.

    Raises RejectedAt for the first one that is refused.
    """
    budget = PixelBudget(max_pixels)
    rows = []
    for position, picture in enumerate(pictures):
        try:
            image = read_digit(picture, budget.allow(picture), score)
            rows.append(image.pixels)
        except ImageRejected as rejection:
            raise RejectedAt(position, rejection) from rejection
    return np.stack(rows)
