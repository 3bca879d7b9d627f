"""The embedded set: always the same bytes, in MNIST's geometry."""

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from trainer.dataset import Dataset
from trainer.embedded import read_embedded


def boxes(digits: Dataset) -> NDArray[np.intp]:
    """Height and width of the ink of each digit."""
    ink = digits.pixels.reshape(-1, 28, 28) > 0
    spans = []
    for axis in (2, 1):
        inked = np.asarray(ink.any(axis=axis))
        spans.append(28 - inked[:, ::-1].argmax(axis=1) - inked.argmax(axis=1))
    return np.stack(spans, axis=1)


def test_it_is_always_the_same(digits: Dataset) -> None:
    again = read_embedded()
    np.testing.assert_array_equal(again.pixels, digits.pixels)
    assert again.card() == digits.card()
    assert len(digits.sha256) == 64


def test_it_is_all_uci_digits(digits: Dataset) -> None:
    assert digits.pixels.shape == (1797, 784)
    assert digits.pixels.dtype == digits.labels.dtype == np.uint8
    np.testing.assert_array_equal(digits.labels, load_digits().target)
    assert len(np.unique(digits.pixels, axis=0)) == 1797


def test_ink_fills_the_height_of_mnists_box_and_never_leaves_it(
    digits: Dataset,
) -> None:
    assert (boxes(digits)[:, 0] == 20).all()
    assert boxes(digits)[:, 1].max() <= 20


def test_digits_have_aspects_of_their_own(digits: Dataset) -> None:
    widths = boxes(digits)[:, 1]
    assert len(np.unique(widths)) > 8
    assert 8 < widths.mean() < 14


def test_centre_of_mass_is_in_the_middle(digits: Dataset) -> None:
    """Within half a pixel of 13.5, as whole pixels can be moved."""
    images = digits.pixels.reshape(-1, 28, 28).astype(np.float64)
    mass = images.sum(axis=(1, 2))
    for axis in (2, 1):
        centre = images.sum(axis=axis) @ np.arange(28) / mass
        assert np.abs(centre - 13.5).max() <= 0.5 + 1e-9


def test_ink_is_light_on_dark(digits: Dataset) -> None:
    assert digits.pixels[:, 0].max() == 0
    assert digits.pixels.max(axis=1).min() > 200
