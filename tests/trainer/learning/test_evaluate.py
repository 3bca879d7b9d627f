"""Evaluation: confusion matrix, scorecards, cost, temperature, and the gate."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from model_store import Card, Model, Network
from model_store.network import probabilities, softmax
from trainer.data.dataset import Dataset
from trainer.learning.backprop import LOSSES
from trainer.learning.evaluate import (
    Evaluation,
    cost,
    evaluate,
    gate,
    logits,
    temperature,
)


def reading(scale: float = 1.0) -> Network:
    """A network whose ten logits are its first ten pixels, 0 to `scale`."""
    return Network(
        weights=(np.eye(784, 10, dtype=np.float32) * np.float32(scale),),
        biases=(np.zeros(10, np.float32),),
        activation_names=("softmax",),
    )


def answering(answers: Sequence[int], labels: Sequence[int]) -> Dataset:
    """Rows that `reading` takes for these answers."""
    pixels = np.zeros((len(answers), 784), np.uint8)
    pixels[np.arange(len(answers)), answers] = 255
    return Dataset(pixels, np.array(labels, np.uint8), "made", "")


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
    card = evaluate(reading(), answering([1, 1, 1, 4], labels=[1, 1, 2, 2])).card()
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
    right, wrong = np.e / (np.e + 9), 1 / (np.e + 9)
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
    verdict = gate(scored(right), False, served, seven_right)
    assert verdict.accepted == accepted
    assert f"{right} of 10" in verdict.reason
    assert "version 7 7" in verdict.reason


def test_first_candidate_is_accepted(seven_right: Dataset) -> None:
    assert gate(scored(0), True, None, seven_right).accepted


def test_embedded_set_never_replaces_mnist(served: Model, seven_right: Dataset) -> None:
    verdict = gate(scored(10), True, served, seven_right)
    assert not verdict.accepted
    assert "MNIST" in verdict.reason


@pytest.mark.parametrize("embedded", [True, False])
def test_embedded_version_is_replaced_by_either(
    served: Model, seven_right: Dataset, embedded: bool
) -> None:
    version = replace(served, card=replace(served.card, data={"source": "embedded"}))
    assert gate(scored(7), embedded, version, seven_right).accepted
    assert not gate(scored(6), embedded, version, seven_right).accepted
