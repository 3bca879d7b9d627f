"""Copies by other writers: still digits, without what only the UCI set shows."""

from dataclasses import replace

import numpy as np
import pytest

from trainer.augmentation.rewrite import AugmentationParameters, rewrite
from trainer.data.dataset import Dataset

NO_OTHER = AugmentationParameters()


def _rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_copies_have_the_form_of_the_originals_which_stay_as_they_are(
    digits: Dataset,
) -> None:
    before = digits.pixels[:200].copy()
    copies = rewrite(digits.pixels[:200], digits.labels[:200], _rng())
    assert copies.shape == (200, 784)
    assert copies.dtype == np.uint8
    np.testing.assert_array_equal(digits.pixels[:200], before)


def test_each_copy_is_changed_in_its_own_way(digits: Dataset) -> None:
    same = np.zeros(20, int)
    copies = rewrite(digits.pixels[same], digits.labels[same], _rng())
    assert len(np.unique(copies, axis=0)) == 20


def test_same_generator_gives_the_same_copies(digits: Dataset) -> None:
    first, again, other = (
        rewrite(digits.pixels[:50], digits.labels[:50], _rng(seed))
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_no_copy_is_empty_and_paper_stays_paper(digits: Dataset) -> None:
    copies = rewrite(digits.pixels, digits.labels, _rng())
    assert copies.any(axis=1).all()
    assert np.median((copies > 0).mean(axis=1)) < 0.4


def test_without_parameters_a_copy_is_the_digit_itself(embedded: Dataset) -> None:
    pixels = embedded.pixels[:200].astype(int)
    copies = rewrite(embedded.pixels[:200], embedded.labels[:200], _rng(), NO_OTHER)
    assert np.abs(copies - pixels).mean() < 8  # it is fitted once more


def test_digits_with_a_style_are_restyled_as_often_as_asked(digits: Dataset) -> None:
    often, never = (
        rewrite(digits.pixels, digits.labels, _rng(), parameters)
        for parameters in (replace(NO_OTHER, restyled=0.5), NO_OTHER)
    )
    restyled = (often != never).any(axis=1)
    with_a_style = np.isin(digits.labels, (1, 2, 4, 6, 7, 9))
    assert not restyled[~with_a_style].any()
    assert restyled[with_a_style].mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("threshold", [0.3, 0.8])
def test_a_thick_and_a_thin_pen_fill_mnists_box(
    digits: Dataset, threshold: float
) -> None:
    pen = replace(NO_OTHER, threshold=(threshold, threshold), gain=(20, 20))
    copies = rewrite(digits.pixels, digits.labels, _rng(), pen).reshape(-1, 28, 28)
    longer = np.maximum(*((copies > 100).any(axis=k).sum(axis=1) for k in (1, 2)))
    assert 19 <= np.median(longer) <= 20


def test_lost_pixels_are_a_share_of_all(digits: Dataset) -> None:
    half = replace(NO_OTHER, lost=0.5)
    copies = rewrite(digits.pixels, digits.labels, _rng(), half)
    kept = rewrite(digits.pixels, digits.labels, _rng(), NO_OTHER)
    assert (copies > 0).sum() / (kept > 0).sum() == pytest.approx(0.5, abs=0.01)
