"""What an epoch learns from: copies of the rows, typed digits, pictures of no digit."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from trainer.data.dataset import Dataset
from trainer.learning.examples import (
    NO_DIGIT,
    Changed,
    examples_of,
    held_out_non_digits,
    targets,
)
from trainer.learning.settings import Settings, settings_for


def settings(**changes: Any) -> Settings:
    return settings_for("default", embedded=False, seed=3, changes=changes)


@pytest.fixture(scope="module")
def rows(digits: Dataset) -> Dataset:
    return digits.rows(slice(200))


def drawn(examples: Any, epoch: int, seed: int = 1) -> Any:
    examples.begin_epoch(epoch)
    return examples.draw(np.arange(100), np.random.default_rng(seed))


def test_non_digits_and_typed_digits_join_the_digits(rows: Dataset) -> None:
    pixels, labels = drawn(examples_of(rows, settings()), 0)
    assert len(pixels) == len(labels) == 100 + 5 + 24
    np.testing.assert_array_equal(labels[:100], rows.labels[:100])
    assert (labels[100:105] < 10).all()
    np.testing.assert_array_equal(labels[105:], NO_DIGIT)


@pytest.mark.parametrize("changes", [{"augment": False}, {"non_digits": 0}])
def test_settings_leave_them_out(rows: Dataset, changes: dict[str, Any]) -> None:
    pixels, labels = drawn(examples_of(rows, settings(**changes)), 0)
    np.testing.assert_array_equal(labels, rows.labels[:100])
    assert np.array_equal(pixels, rows.pixels[:100]) == ("augment" in changes)


def test_target_of_no_digit_is_the_same_for_all_ten() -> None:
    wanted = targets(np.array([2, NO_DIGIT], np.uint8), np.dtype(np.float32))
    assert wanted.dtype == np.float32
    np.testing.assert_array_equal(wanted[0], np.eye(10)[2])
    np.testing.assert_allclose(wanted[1], 0.1)


def test_epoch_can_be_begun_without_those_before_it(rows: Dataset) -> None:
    """So a run that goes on from a checkpoint draws what it would have drawn."""
    through = examples_of(rows, settings())
    for epoch in range(4):
        through.begin_epoch(epoch)
    anew = examples_of(rows, settings())
    for ours, theirs in zip(drawn(through, 4), drawn(anew, 4), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_each_epoch_has_new_non_digits(rows: Dataset) -> None:
    examples = examples_of(rows, settings())
    assert isinstance(examples, Changed)
    pools = []
    for epoch in range(3):
        examples.begin_epoch(epoch)
        pools.append({row.tobytes() for row in examples.pool})
    for before, after in pairwise(pools):
        assert 0 < len(after - before) < len(after) / 4


def test_another_seed_draws_other_non_digits(rows: Dataset) -> None:
    ours = drawn(examples_of(rows, settings()), 0)[0]
    other = settings_for("default", embedded=False, seed=4, changes={})
    assert not np.array_equal(ours, drawn(examples_of(rows, other), 0)[0])


def test_calibration_has_non_digits_only_if_they_were_learnt(rows: Dataset) -> None:
    assert held_out_non_digits(rows, settings()).shape == (20, 784)
    assert not len(held_out_non_digits(rows, settings(non_digits=0)))
    assert not len(held_out_non_digits(rows, settings(augment=False)))
