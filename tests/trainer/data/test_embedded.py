"""The embedded set: always the same bytes, in MNIST's geometry."""

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from trainer.data.dataset import Dataset
from trainer.data.embedded import read_embedded


def boxes(digits: Dataset) -> NDArray[np.intp]:
    """Height and width of the ink of each digit."""
    ink = digits.pixels.reshape(-1, 28, 28) > 100
    spans = []
    for axis in (2, 1):
        inked = np.asarray(ink.any(axis=axis))
        spans.append(28 - inked[:, ::-1].argmax(axis=1) - inked.argmax(axis=1))
    return np.stack(spans, axis=1)


def test_it_is_always_the_same(digits: Dataset) -> None:
    again = read_embedded()
    np.testing.assert_array_equal(again.pixels, digits.pixels)
    assert again.to_dict() == digits.to_dict()
    assert len(digits.sha256) == 64


def test_it_is_all_uci_digits(digits: Dataset) -> None:
    assert digits.pixels.shape == (1797, 784)
    assert digits.pixels.dtype == digits.labels.dtype == np.uint8
    np.testing.assert_array_equal(digits.labels, load_digits().target)
    assert len(np.unique(digits.pixels, axis=0)) == 1797


def test_longer_side_fills_mnists_box(digits: Dataset) -> None:
    longer = boxes(digits).max(axis=1)
    assert 18 <= longer.min() <= longer.max() <= 21
    assert np.median(longer) == 20


def test_digits_have_aspects_of_their_own(digits: Dataset) -> None:
    height, width = boxes(digits).T
    assert len(np.unique(width)) > 8
    assert 0.6 < np.median(width / height) < 0.9  # as in MNIST


def test_centre_of_mass_is_in_the_middle(digits: Dataset) -> None:
    images = digits.pixels.reshape(-1, 28, 28).astype(np.float64)
    mass = images.sum(axis=(1, 2))
    for axis in (2, 1):
        centre = images.sum(axis=axis) @ np.arange(28) / mass
        assert np.abs(centre - 13.5).max() <= 0.5


def test_paper_is_as_clean_as_mnists(digits: Dataset) -> None:
    assert 0.2 < (digits.pixels > 0).mean() < 0.35  # MNIST: 0.19, with thinner pens


def test_ink_is_light_on_dark(digits: Dataset) -> None:
    assert digits.pixels[:, 0].max() == 0
    assert digits.pixels.max(axis=1).min() > 200
