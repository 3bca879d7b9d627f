"""Distorted copies: still digits, each moved in a way of its own."""

import numpy as np
import pytest

from trainer.augment import distort
from trainer.dataset import Dataset


def test_copies_have_the_form_of_the_originals(digits: Dataset) -> None:
    copies = distort(digits.pixels[:200], np.random.default_rng(1))
    assert copies.shape == (200, 784)
    assert copies.dtype == np.float32
    assert copies.min() >= 0
    assert copies.max() <= 255


def test_each_copy_is_moved_in_its_own_way(digits: Dataset) -> None:
    same = digits.pixels[np.zeros(20, int)]
    copies = distort(same, np.random.default_rng(1))
    assert len(np.unique(copies, axis=0)) == 20


def test_same_generator_gives_the_same_copies(digits: Dataset) -> None:
    first, again, other = (
        distort(digits.pixels[:50], np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_originals_are_left_alone(digits: Dataset) -> None:
    before = digits.pixels[:50].copy()
    distort(digits.pixels[:50], np.random.default_rng(1))
    np.testing.assert_array_equal(digits.pixels[:50], before)


def test_copies_stay_near_the_middle_and_keep_their_ink(digits: Dataset) -> None:
    """By no more than the shift, the turn and the slant allow."""
    originals = digits.pixels[:300].astype(np.float64)
    copies = distort(digits.pixels[:300], np.random.default_rng(1)).astype(np.float64)
    ratio = copies.sum(axis=1) / originals.sum(axis=1)
    assert ratio.min() > 0.6
    assert ratio.max() < 1.6
    rows = copies.reshape(-1, 28, 28).sum(axis=2) @ np.arange(28) / copies.sum(axis=1)
    assert np.abs(rows - 13.5).max() < 3


def test_map_that_moves_nothing_gives_the_digit_itself(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_ROTATION", "_SLANT", "_LOG_SCALE", "_SHIFT_PIXELS"):
        monkeypatch.setattr(f"trainer.augment.{name}", 0.0)
    copies = distort(digits.pixels[:50], np.random.default_rng(1))
    np.testing.assert_allclose(copies, digits.pixels[:50], atol=0.01)


def test_shift_by_a_whole_pixel_moves_every_pixel_by_one(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OnePixel(np.random.Generator):
        """Draws the highest number of each range."""

        def uniform(self, low, high, size):  # type: ignore[no-untyped-def, override]  # noqa: ANN001, ANN202
            return np.full(size, high)

    for name in ("_ROTATION", "_SLANT", "_LOG_SCALE"):
        monkeypatch.setattr(f"trainer.augment.{name}", 0.0)
    monkeypatch.setattr("trainer.augment._SHIFT_PIXELS", 1.0)
    copies = distort(digits.pixels[:20], OnePixel(np.random.PCG64()))
    moved = np.zeros((20, 28, 28))
    moved[:, :-1, :-1] = digits.pixels[:20].reshape(-1, 28, 28)[:, 1:, 1:]
    np.testing.assert_allclose(copies.reshape(-1, 28, 28), moved, atol=0.01)
