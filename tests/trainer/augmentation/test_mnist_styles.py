"""Restyled digits: straight stems for 1s, 6s, 7s and 9s, loops for 2s, arms for 4s."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from trainer.augmentation.mnist_styles import restyle
from trainer.data.dataset import Dataset

Pictures = NDArray[np.uint8]


def _before_and_after(digits: Dataset, label: int) -> tuple[Pictures, Pictures]:
    before = digits.pixels[digits.labels == label]
    after, n = before.copy(), len(before)
    parameters = np.random.default_rng(1).random((n, 4))
    restyle(after, np.full(n, label, np.uint8), np.ones(n, bool), parameters)
    return before.reshape(-1, 28, 28), after.reshape(-1, 28, 28)


def _widest(pictures: Pictures) -> NDArray[np.intp]:
    """The most pixels of ink in a row of each picture."""
    widest: NDArray[np.intp] = (pictures > 100).sum(axis=2).max(axis=1)
    return widest


def test_ones_become_a_bare_stroke(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 1)
    assert np.median(_widest(before)) > 8
    assert _widest(after).max() < 8
    assert (after > 100)[:, 10:18].any(axis=2).all()


def test_sevens_lose_their_bar_and_keep_their_stem(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 7)
    middle = slice(12, 18)
    assert np.median(_widest(before[:, middle])) > 10
    assert np.median(_widest(after[:, middle])) < 8
    assert (after > 100)[:, 8:20].any(axis=2).all()


def test_sevens_keep_their_top(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 7)
    assert (after[:, :7] >= before[:, :7]).all()


def test_nines_stand_on_a_stem_instead_of_a_foot(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 9)
    below = slice(18, 22)
    assert np.median(_widest(before[:, below])) > 8
    assert _widest(after[:, below]).max() < 8


def test_a_six_is_restyled_as_a_nine_on_its_head(digits: Dataset) -> None:
    nines = digits.pixels[digits.labels == 9]
    sixes, n = nines[:, ::-1].copy(), len(nines)
    parameters = np.random.default_rng(1).random((n, 4))
    for pixels, label in ((nines, 9), (sixes, 6)):
        restyle(pixels, np.full(n, label, np.uint8), np.ones(n, bool), parameters)
    np.testing.assert_array_equal(sixes, nines[:, ::-1])


def test_twos_get_a_ring_around_paper_at_the_lower_left(digits: Dataset) -> None:
    before, after = _before_and_after(digits, 2)
    darker = np.where(after > before, after - before, 0).sum(axis=(1, 2))
    lighter = np.where(after < before, before - after, 0).sum(axis=(1, 2))
    assert (darker > 0).all()
    assert (lighter > 0).mean() > 0.9
    np.testing.assert_array_equal(after[:, :10], before[:, :10])


def test_fours_have_two_arms_with_paper_between(digits: Dataset) -> None:
    _, after = _before_and_after(digits, 4)
    strokes = np.diff((after > 100).astype(int), axis=2, prepend=0) == 1
    assert np.median(strokes.sum(axis=2)[:, 6:11].max(axis=1)) == 2


def test_fours_stand_on_one_stroke(digits: Dataset) -> None:
    _, after = _before_and_after(digits, 4)
    strokes = np.diff((after > 100).astype(int), axis=2, prepend=0) == 1
    assert strokes.sum(axis=2)[:, 21:].max() == 1
    assert np.median(_widest(after[:, 21:])) < 8


def test_what_is_not_chosen_stays(digits: Dataset) -> None:
    pixels = digits.pixels.copy()
    n = len(pixels)
    restyle(pixels, digits.labels, np.zeros(n, bool), np.zeros((n, 4)))
    np.testing.assert_array_equal(pixels, digits.pixels)


@given(
    arrays(np.uint8, (6, 784), elements=st.sampled_from([0, 0, 0, 99, 101, 255])),
    st.floats(0, 1),
)
def test_any_picture_can_be_restyled(pixels: Pictures, parameters: float) -> None:
    labels, chosen = np.array([1, 2, 4, 6, 7, 9], np.uint8), np.ones(6, bool)
    restyle(pixels, labels, chosen, np.full((6, 4), parameters))
    assert pixels.any(axis=1).all()
