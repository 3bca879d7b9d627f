"""200 digits that come with the service: what an update does to others is seen on them.

They are the first 20 of each label of the UCI digits (Alpaydin and Kaynak 1998, CC BY
4.0), which scikit-learn has too, in MNIST's form: rows of the trainer's embedded set.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FILE = Path(__file__).with_name("other_digits.npz")


@dataclass(frozen=True)
class OtherDigits:
    """Pixels (200, 784) uint8, 0 to 255, and labels (200,) uint8."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def digit(self, number: int) -> NDArray[np.uint8]:
        """The pixels of one of them, (784,)."""
        pixels: NDArray[np.uint8] = self.pixels[number]
        return pixels


@cache
def other_digits() -> OtherDigits:
    """The same arrays each time; they are not to be written to."""
    with np.load(_FILE, allow_pickle=False) as file:
        return OtherDigits(file["pixels"], file["labels"])
