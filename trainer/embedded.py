"""The embedded set: scikit-learn's 1,797 UCI digits brought to MNIST's geometry."""

import hashlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

from trainer.dataset import Dataset

NAME = "embedded UCI digits"
_SEED = 8


def read_embedded() -> Dataset:
    """All 1,797 digits, always the same bytes.

    The UCI digits are 8x8 with grey levels 0 to 16, each stretched to fill the square
    (Alpaydin and Kaynak 1998), so a 1 is as wide as an 0. Each is given back an aspect
    of its own, fitted into MNIST's 20x20 box and centred by mass in 28x28.
    """
    digits = load_digits()
    rng = np.random.default_rng(_SEED)
    pixels = np.stack(
        [_in_mnist_form(image, rng) for image in digits.images.astype(np.float64)]
    )
    labels = digits.target.astype(np.uint8)
    sha256 = hashlib.sha256(pixels.tobytes() + labels.tobytes()).hexdigest()
    return Dataset(pixels, labels, NAME, sha256)


def _in_mnist_form(
    image: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.uint8]:
    inked = np.argwhere(image > 0)
    (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0) + 1
    cropped = np.uint8(image[top:bottom, left:right] * 255 / 16)
    width = round(20 * (right - left) / (bottom - top) * rng.uniform(0.5, 1.0))
    box = (min(max(width, 4), 20), 20)
    grown = Image.fromarray(cropped).resize(box, Image.Resampling.BICUBIC)
    return _centred(np.asarray(grown)).reshape(784)


def _centred(digit: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The digit in 28x28 with its centre of mass in the middle."""
    height, width = digit.shape
    weights = digit / digit.sum()
    row = round(13.5 - weights.sum(axis=1) @ np.arange(height))
    column = round(13.5 - weights.sum(axis=0) @ np.arange(width))
    row, column = np.clip((row, column), 0, (28 - height, 28 - width))
    page = np.zeros((28, 28), np.uint8)
    page[row : row + height, column : column + width] = digit
    return page
