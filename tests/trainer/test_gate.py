"""The gate: which candidates may become a version."""

from dataclasses import replace

import numpy as np
import pytest

from model_store import Card, Model
from tests.trainer.ten_pixels import answering, reading
from trainer.data.dataset import Dataset
from trainer.gate import gate
from trainer.learning.evaluate import Evaluation


def scored(right: int, rows: int = 10) -> Evaluation:
    confusion = np.zeros((10, 10), np.int64)
    confusion[0, 0], confusion[0, 1] = right, rows - right
    return Evaluation(confusion)


@pytest.fixture
def served(card: Card) -> Model:
    """Version 7, from MNIST: it reads digits as `reading` does."""
    return Model(7, reading(), card)


@pytest.fixture
def seven_right() -> Dataset:
    """Ten test rows of which the served model gets seven right."""
    return answering([0] * 10, labels=[0] * 7 + [1] * 3)


@pytest.mark.parametrize(("right", "accepted"), [(6, False), (7, True), (8, True)])
def test_candidate_with_fewer_right_answers_is_refused(
    served: Model, seven_right: Dataset, right: int, accepted: bool
) -> None:
    result = gate(scored(right), False, served, seven_right)
    assert result.accepted == accepted
    assert f"{right} of 10" in result.reason
    assert "version 7 7" in result.reason


def test_first_candidate_is_accepted(seven_right: Dataset) -> None:
    assert gate(scored(0), True, None, seven_right).accepted


def test_embedded_set_never_replaces_mnist(served: Model, seven_right: Dataset) -> None:
    result = gate(scored(10), True, served, seven_right)
    assert not result.accepted
    assert "MNIST" in result.reason


@pytest.mark.parametrize("embedded", [True, False])
def test_embedded_version_is_replaced_by_either(
    served: Model, seven_right: Dataset, embedded: bool
) -> None:
    version = replace(served, card=replace(served.card, data={"source": "embedded"}))
    assert gate(scored(7), embedded, version, seven_right).accepted
    assert not gate(scored(6), embedded, version, seven_right).accepted
