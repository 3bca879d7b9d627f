"""The habits of other countries: strokes that are added, where they belong."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from trainer.augmentation.foreign_habits import add_habits
from trainer.data.dataset import Dataset

Pictures = NDArray[np.uint8]


def _before_and_after(digits: Dataset, label: int) -> tuple[Pictures, Pictures]:
    before = digits.pixels[digits.labels == label]
    after, n = before.copy(), len(before)
    parameters = np.random.default_rng(1).random((n, 4))
    add_habits(after, np.full(n, label, np.uint8), np.ones(n, bool), parameters)
    return before.reshape(-1, 28, 28), after.reshape(-1, 28, 28)


@pytest.mark.parametrize("label", [1, 7, 9])
def test_ink_is_only_ever_added(digits: Dataset, label: int) -> None:
    before, after = _before_and_after(digits, label)
    assert (after >= before).all()
    assert (after > before).any(axis=(1, 2)).mean() > 0.95


@pytest.mark.parametrize("label", [0, 2, 3, 4, 5, 6, 8])
def test_other_digits_have_no_such_habit(digits: Dataset, label: int) -> None:
    before, after = _before_and_after(digits, label)
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize(
    ("label", "rows"),
    [(1, [*range(14), *range(21, 28)]), (7, range(8, 22)), (9, range(16, 28))],
    ids=["a flag and a foot", "a bar in the middle", "a curl at the bottom"],
)
def test_new_ink_is_where_it_belongs(
    digits: Dataset, label: int, rows: Sequence[int]
) -> None:
    before, after = _before_and_after(digits, label)
    added = (after.astype(int) - before).sum(axis=(0, 2))
    assert added[list(rows)].sum() > 0.9 * added.sum()


def test_what_is_not_chosen_stays(digits: Dataset) -> None:
    pixels, n = digits.pixels.copy(), len(digits)
    add_habits(pixels, digits.labels, np.zeros(n, bool), np.zeros((n, 4)))
    np.testing.assert_array_equal(pixels, digits.pixels)


@given(
    arrays(np.uint8, (3, 784), elements=st.sampled_from([0, 0, 0, 99, 101, 255])),
    st.floats(0, 1),
)
def test_any_picture_can_get_habits(pixels: Pictures, parameters: float) -> None:
    before = pixels.copy()
    labels, chosen = np.array([1, 7, 9], np.uint8), np.ones(3, bool)
    add_habits(pixels, labels, chosen, np.full((3, 4), parameters))
    assert (pixels >= before).all()
