"""How well confidence tells digits from what is none."""

import numpy as np
import pytest

from model_store import Network
from tests.trainer.ten_pixels import answering, reading
from trainer.augmentation.non_digits.unseen import unseen_non_digits
from trainer.data.dataset import Dataset
from trainer.learning.honesty import Honesty, auroc, honesty
from trainer.learning.predictions import predict


def _honesty(network: Network, digits: Dataset, temperature: float = 1.0) -> Honesty:
    return honesty(network, predict(network, digits, temperature), temperature)


@pytest.mark.parametrize(
    ("higher", "lower", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1, 0.2], [0.9, 0.8], 0.0),
        ([0.5], [0.5, 0.5], 0.5),
        ([0.9, 0.3], [0.6, 0.3], (1 + 1 + 0 + 0.5) / 4),
    ],
)
def test_auroc_is_how_often_the_digit_is_surer(
    higher: list[float], lower: list[float], expected: float
) -> None:
    assert auroc(np.array(higher), np.array(lower)) == pytest.approx(expected)


def test_network_that_says_the_same_of_all_is_of_no_use() -> None:
    blind = Network((np.zeros((784, 10)),), (np.zeros(10),), ("softmax",))
    found = _honesty(blind, answering([1, 2], labels=[1, 2]))
    assert (found.auroc, found.over_0_9, found.digits_over_0_9) == (0.5, 0.0, 0.0)
    assert found.rows == len(unseen_non_digits())


def test_only_right_digits_count_as_sure() -> None:
    """Its digits are answered with e^30 to 1; one of four has another label."""
    digits = answering([1, 2, 3, 4], labels=[1, 2, 3, 9])
    found = _honesty(reading(30), digits)
    assert found.digits_over_0_9 == 0.75
    assert found.to_dict()["digits_over_0_9"] == 0.75


def test_temperature_lowers_what_is_over_0_9() -> None:
    W = np.random.default_rng(1).normal(size=(784, 10))
    guessing = Network((W,), (np.zeros(10),), ("softmax",))
    digits = answering([1, 2], labels=[1, 2])
    shares = [_honesty(guessing, digits, T).over_0_9 for T in (0.1, 1.0, 100.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1] == 0
