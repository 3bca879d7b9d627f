"""Distorted copies: still digits, each changed in a way of its own."""

from typing import Any

import numpy as np
import pytest

from trainer.augmentation import distort as distortions
from trainer.augmentation.distort import distort
from trainer.data.dataset import Dataset


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """All distortions switched off; a test switches one on again."""
    for name in (
        "_ROTATION", "_LOG_SCALE", "_SLANT", "_SHIFT_PIXELS", "_ELASTIC_PIXELS",
        "_CHANGED_STROKES", "_WITH_HABITS",
    ):  # fmt: skip
        monkeypatch.setattr(distortions, name, 0.0)
    return monkeypatch


def test_copies_have_the_form_of_the_originals(digits: Dataset) -> None:
    copies = distort(digits.pixels[:200], digits.labels[:200], np.random.default_rng(1))
    assert copies.shape == (200, 784)
    assert copies.dtype == np.uint8


def test_each_copy_is_changed_in_its_own_way(digits: Dataset) -> None:
    same = digits.pixels[np.zeros(20, int)]
    copies = distort(same, digits.labels[:20], np.random.default_rng(1))
    assert len(np.unique(copies, axis=0)) == 20


def test_same_generator_gives_the_same_copies(digits: Dataset) -> None:
    first, again, other = (
        distort(digits.pixels[:50], digits.labels[:50], np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_originals_are_left_alone(digits: Dataset) -> None:
    before = digits.pixels[:50].copy()
    distort(digits.pixels[:50], digits.labels[:50], np.random.default_rng(1))
    np.testing.assert_array_equal(digits.pixels[:50], before)


def test_copies_stay_near_the_middle_and_keep_their_ink(digits: Dataset) -> None:
    originals = digits.pixels[:300].astype(np.float64)
    copies = distort(
        digits.pixels[:300], digits.labels[:300], np.random.default_rng(1)
    ).astype(np.float64)
    ratio = copies.sum(axis=1) / originals.sum(axis=1)
    assert 0.4 < ratio.min() < 1 < ratio.max() < 2
    rows = copies.reshape(-1, 28, 28).sum(axis=2) @ np.arange(28) / copies.sum(axis=1)
    assert np.abs(rows - 13.5).max() < 5


@pytest.mark.usefixtures("still")
def test_map_that_changes_nothing_gives_the_digit_itself(digits: Dataset) -> None:
    copies = distort(digits.pixels[:50], digits.labels[:50], np.random.default_rng(1))
    np.testing.assert_array_equal(copies, digits.pixels[:50])


class Highest(np.random.Generator):
    """Draws the highest number of each range."""

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        return np.full(size, high)


def test_shift_by_a_whole_pixel_moves_every_pixel_by_one(
    digits: Dataset, still: pytest.MonkeyPatch
) -> None:
    still.setattr(distortions, "_SHIFT_PIXELS", 1.0)
    copies = distort(digits.pixels[:20], digits.labels[:20], Highest(np.random.PCG64()))
    moved = np.zeros((20, 28, 28), np.uint8)
    moved[:, :-1, :-1] = digits.pixels[:20].reshape(-1, 28, 28)[:, 1:, 1:]
    np.testing.assert_array_equal(copies.reshape(-1, 28, 28), moved)


@pytest.mark.parametrize(("change", "sign"), [(0.5, 1), (-0.5, -1)])
def test_stroke_grows_or_shrinks_everywhere(
    digits: Dataset, still: pytest.MonkeyPatch, change: float, sign: int
) -> None:
    still.setattr(distortions, "_CHANGED_STROKES", 1.0)
    still.setattr(distortions, "_THINNER", change)
    still.setattr(distortions, "_THICKER", change)
    copies = distort(
        digits.pixels[:20], digits.labels[:20], np.random.default_rng(1)
    ).astype(int)
    difference = sign * (copies - digits.pixels[:20])
    assert difference.min() >= 0
    assert (difference.sum(axis=1) > 0).all()
