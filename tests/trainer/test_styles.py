"""Restyled digits: a 7 keeps its stem and loses its bar, a 2 gets a loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from trainer.dataset import Dataset
from trainer.styles import restyle

Pictures = NDArray[np.uint8]


def _before_and_after(digits: Dataset, label: int) -> tuple[Pictures, Pictures]:
    before = digits.pixels[digits.labels == label]
    after, n = before.copy(), len(before)
    whims = np.random.default_rng(1).random((n, 4))
    restyle(after, np.full(n, label, np.uint8), np.ones(n, bool), whims)
    return before.reshape(-1, 28, 28), after.reshape(-1, 28, 28)


def test_sevens_lose_their_bar(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 7)
    middle = slice(12, 18)
    assert np.median((before > 100)[:, middle].sum(axis=2).max(axis=1)) > 10
    assert np.median((after > 100)[:, middle].sum(axis=2).max(axis=1)) < 8


def test_sevens_keep_their_stem_and_their_top(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 7)
    assert (after > 100)[:, 8:20].any(axis=2).mean() > 0.99
    np.testing.assert_array_equal(after[:, :9], before[:, :9])


def test_twos_get_a_ring_around_paper_at_the_lower_left(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 2)
    darker = np.where(after > before, after - before, 0).sum(axis=(1, 2))
    lighter = np.where(after < before, before - after, 0).sum(axis=(1, 2))
    assert (darker > 0).all()
    assert (lighter > 0).mean() > 0.9
    np.testing.assert_array_equal(after[:, :10], before[:, :10])


def test_what_is_not_chosen_stays(digits: Dataset) -> None:
    pixels = digits.pixels.copy()
    n = len(pixels)
    restyle(pixels, digits.labels, np.zeros(n, bool), np.zeros((n, 4)))
    np.testing.assert_array_equal(pixels, digits.pixels)


@given(
    arrays(np.uint8, (2, 784), elements=st.sampled_from([0, 0, 0, 99, 101, 255])),
    st.floats(0, 1),
)
def test_any_picture_can_be_taken_for_a_seven_or_a_two(
    pixels: Pictures, whim: float
) -> None:
    labels, chosen = np.array([7, 2], np.uint8), np.ones(2, bool)
    restyle(pixels, labels, chosen, np.full((2, 4), whim))
    assert pixels.shape == (2, 784)
