"""Evaluation: confusion matrix, scorecards, cost, temperature."""

from math import e

import numpy as np
import pytest

from model_store import Network
from model_store.backprop import LOSSES
from model_store.network import probabilities, softmax
from tests.trainer.ten_pixels import answering, reading
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import (
    cost,
    evaluate,
    logits,
    temperature,
)


def test_confusion_matrix_has_true_rows_and_predicted_columns() -> None:
    evaluation = evaluate(reading(), answering([3, 3, 5], labels=[3, 8, 5]))
    assert np.argwhere(evaluation.confusion).tolist() == [[3, 3], [5, 5], [8, 3]]
    assert (evaluation.right, evaluation.rows) == (2, 3)
    assert evaluation.accuracy == pytest.approx(2 / 3)


def test_labels_that_are_missing_leave_rows_of_zeros() -> None:
    evaluation = evaluate(reading(), answering([7], labels=[7]))
    assert evaluation.confusion.shape == (10, 10)
    assert evaluation.confusion.sum() == evaluation.confusion[7, 7] == 1
    assert evaluation.scorecard == {
        "success": [0, 0, 0, 0, 0, 0, 0, 1, 0, 0], "failure": [0] * 10,
    }  # fmt: skip


def test_scorecards_count_each_digit() -> None:
    card = evaluate(reading(), answering([1, 1, 1, 4], labels=[1, 1, 2, 2])).to_dict()
    assert card["per_digit"]["success"] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert card["per_digit"]["failure"] == [0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
    assert (card["test_accuracy"], card["test_rows"]) == (0.5, 4)
    assert [len(row) for row in card["confusion_matrix"]] == [10] * 10


def test_many_rows_are_counted_as_few_are(network: Network, digits: Dataset) -> None:
    """More than are predicted at once."""
    rows = digits.rows(np.arange(4100) % 1797)
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (rows.labels, network.labels(rows.pixels)), 1)
    np.testing.assert_array_equal(evaluate(network, rows).confusion, expected)
    np.testing.assert_allclose(
        logits(network, rows),
        network.logits(rows.pixels),
        rtol=1e-4,
        atol=1e-4,
    )


def test_cost_is_the_loss_summed_over_the_rows() -> None:
    """Softmax of one 1 and nine 0: e / (e + 9) if it is right, 1 / (e + 9) if not."""
    rows = answering([3, 3], labels=[3, 8])
    right, wrong = e / (e + 9), 1 / (e + 9)
    assert cost(reading(), rows, LOSSES["cross-entropy"]) == pytest.approx(
        -np.log(right) - np.log(wrong), rel=1e-6
    )


def test_temperature_undoes_overconfidence() -> None:
    """Labels whose log-odds are a third of what the network says."""
    rng = np.random.default_rng(6)
    pixels = np.zeros((6000, 784), np.uint8)
    pixels[:, :10] = rng.integers(0, 256, (6000, 10))
    chances = softmax(pixels[:, :10] / 255 * 4)
    labels = (chances.cumsum(axis=1) < rng.random((6000, 1))).sum(axis=1)
    rows = Dataset(pixels, labels.astype(np.uint8), "drawn", "")
    assert temperature(reading(3 * 4), rows) == pytest.approx(3, rel=0.1)
    assert temperature(reading(4), rows) == pytest.approx(1, rel=0.1)


def test_few_rows_that_are_all_right_do_not_prove_certainty() -> None:
    rows = answering([0, 1, 2, 3], labels=[0, 1, 2, 3])
    found = temperature(reading(8), rows)
    confidence = probabilities(logits(reading(8), rows), found).max(axis=1)
    assert (confidence < 0.95).all()
    assert (confidence > 0.6).all()
