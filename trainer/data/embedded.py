"""The embedded set: scikit-learn's 1,797 UCI digits brought to MNIST's geometry."""

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.rewrite import AugmentationParameters, fitted
from trainer.data.dataset import Dataset

NAME = "embedded UCI digits"
_SUMS = Path(__file__).with_name("embedded_rows.npy")
_SEED = 8
_HAZE = 1.6  # of 16 grey levels: less is what cubic interpolation leaves around strokes
_NEATLY = AugmentationParameters(aspect=(0.85, 1.4), slant=(0.0, 0.3))


def read_embedded() -> Dataset:
    """All 1,797 digits, always the same bytes.

    The UCI digits are 8x8 with grey levels 0 to 16, each stretched to fill the square
    (Alpaydin and Kaynak 1998), so a 1 is as wide as an 0. Each is given back an aspect
    and a slant of its own, fitted into MNIST's 20x20 box and centred by mass in 28x28.
    """
    # scikit-learn takes 3 s to load, which no other command should wait for.
    from sklearn.datasets import load_digits  # noqa: PLC0415

    digits = load_digits()
    pixels = fitted(_enlarged(digits.images), np.random.default_rng(_SEED), _NEATLY)
    labels = digits.target.astype(np.uint8)
    sha256 = hashlib.sha256(pixels.tobytes() + labels.tobytes()).hexdigest()
    return Dataset(pixels, labels, NAME, sha256)


def is_embedded(rows: Dataset) -> bool:
    """Whether every row is one of the embedded set's, wherever it was read.

    So digits that were exported stay marked. The sums of its rows are kept in a file,
    as to make the set takes seconds.
    """
    known = {*np.load(_SUMS).tolist()}
    # all() ends at the first row that is another one: at once, with MNIST.
    return len(rows) > 0 and all(total in known for total in row_sums(rows))


def row_sums(rows: Dataset) -> Iterator[int]:
    """The CRC-32 of each row's pixels and label."""
    for pixels, label in zip(rows.pixels, rows.labels, strict=True):
        yield zlib.crc32(pixels.tobytes() + label.tobytes())


def _enlarged(images: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(n, 784): two and a half pixels to each of the (n, 8, 8) cells, and a margin."""
    from scipy.ndimage import zoom  # noqa: PLC0415 (likewise)

    pictures = np.zeros((len(images), 28, 28), np.uint8)
    for picture, image in zip(pictures, images, strict=True):
        grown = zoom(
            np.pad(image, 1), 2.5, order=3, grid_mode=True, mode="grid-constant"
        )
        grown[grown < _HAZE] = 0
        picture[1:26, 1:26] = np.clip(grown * (255 / 16), 0, 255) + 0.5
    return pictures.reshape(-1, 784)
