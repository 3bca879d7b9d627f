"""The embedded set: always the same bytes, in MNIST's geometry."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from trainer.data.dataset import Dataset
from trainer.data.embedded import is_embedded, read_embedded


def boxes(embedded: Dataset) -> NDArray[np.intp]:
    """Height and width of the ink of each digit."""
    ink = embedded.pixels.reshape(-1, 28, 28) > 100
    spans = []
    for axis in (2, 1):
        inked = np.asarray(ink.any(axis=axis))
        spans.append(28 - inked[:, ::-1].argmax(axis=1) - inked.argmax(axis=1))
    return np.stack(spans, axis=1)


def test_it_is_always_the_same(embedded: Dataset) -> None:
    again = read_embedded()
    np.testing.assert_array_equal(again.pixels, embedded.pixels)
    assert again.to_dict() == embedded.to_dict()
    assert len(embedded.sha256) == 64


def test_it_is_all_uci_digits(embedded: Dataset) -> None:
    assert embedded.pixels.shape == (1797, 784)
    assert embedded.pixels.dtype == embedded.labels.dtype == np.uint8
    np.testing.assert_array_equal(embedded.labels, load_digits().target)
    assert len(np.unique(embedded.pixels, axis=0)) == 1797


def test_longer_side_fills_mnists_box(embedded: Dataset) -> None:
    longer = boxes(embedded).max(axis=1)
    assert 18 <= longer.min() <= longer.max() <= 21
    assert np.median(longer) == 20


def test_digits_have_aspects_of_their_own(embedded: Dataset) -> None:
    height, width = boxes(embedded).T
    assert len(np.unique(width)) > 8
    assert 0.6 < np.median(width / height) < 0.9  # as in MNIST


def test_centre_of_mass_is_in_the_middle(embedded: Dataset) -> None:
    images = embedded.pixels.reshape(-1, 28, 28).astype(np.float64)
    mass = images.sum(axis=(1, 2))
    for axis in (2, 1):
        centre = images.sum(axis=axis) @ np.arange(28) / mass
        assert np.abs(centre - 13.5).max() <= 0.5


def test_paper_is_as_clean_as_mnists(embedded: Dataset) -> None:
    assert 0.2 < (embedded.pixels > 0).mean() < 0.35  # MNIST: 0.19, with thinner pens


def test_ink_is_light_on_dark(embedded: Dataset) -> None:
    assert embedded.pixels[:, 0].max() == 0
    assert embedded.pixels.max(axis=1).min() > 200


def test_rows_of_it_are_known_again(embedded: Dataset, digits: Dataset) -> None:
    """If this fails, a new library makes other bytes: renew embedded_rows.npy."""
    assert all(is_embedded(embedded.rows(slice(n, n + 1))) for n in range(1797))
    assert is_embedded(embedded.rows(slice(None, None, -1)))
    assert not is_embedded(embedded.rows(slice(0)))
    assert not is_embedded(digits)
    shifted = replace(embedded, labels=(embedded.labels + 1) % 10)
    assert not is_embedded(shifted)
