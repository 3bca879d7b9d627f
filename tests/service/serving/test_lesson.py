"""A lesson: the trainer's own mathematics, on a copy, with what it does to others."""

from itertools import pairwise

import numpy as np
import pytest

from model_store import Network
from model_store.backprop import LOSSES, backprop
from service.serving.lesson import NotTaught, Question, teach
from service.serving.other_digits import other_digits
from trainer.data.embedded import read_embedded


def network_of(*activations: str) -> Network:
    rng = np.random.default_rng(3)
    layers = (784, *(12, 9)[: len(activations) - 1], 10)
    shapes = list(pairwise(layers))
    return Network(
        tuple(rng.normal(0, 0.1, shape).astype(np.float32) for shape in shapes),
        tuple(rng.normal(0, 0.1, nodes).astype(np.float32) for _, nodes in shapes),
        activations,
    )


KINDS = [
    ("sigmoid", "sigmoid", "sigmoid"),
    ("relu", "relu", "softmax"),
    ("relu", "sigmoid"),
    ("softmax",),
]
DIGIT = other_digits().digit(60)


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_of_a_weight_is_its_measured_slope(kind: tuple[str, ...]) -> None:
    network = network_of(*kind)
    for layer, (rows, columns) in enumerate(pairwise(network.layers), start=1):
        row = int(DIGIT.argmax()) if layer == 1 else rows - 1
        asked = Question(DIGIT, 4, 0.1, 1, weight=(layer, row, columns - 1))
        found = teach(network, asked).weight
        assert found.gradient == pytest.approx(found.measured, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_update_is_that_of_the_trainers_backprop(kind: tuple[str, ...]) -> None:
    network = network_of(*kind)
    lesson = teach(network, Question(DIGIT, 4, 0.1, 1))
    t = np.eye(10, dtype=np.float32)[[4]]
    gradients = backprop(network, LOSSES[lesson.loss], DIGIT[None], t)
    for i, W in enumerate(network.weights):
        wanted = W - 0.1 * gradients.weights[i]
        np.testing.assert_allclose(lesson.learnt.weights[i], wanted, atol=1e-5)
        a, S = lesson.a[i], lesson.S[i]
        np.testing.assert_allclose(
            np.outer(a, S), gradients.weights[i], rtol=1e-4, atol=1e-6
        )


def test_updates_teach_the_truth_and_leave_the_network_alone() -> None:
    network = network_of("relu", "softmax")
    before = [W.copy() for W in network.weights]
    lesson = teach(network, Question(DIGIT, 4, 0.05, 50))
    assert len(lesson.losses) == 51
    assert lesson.losses[-1] < 0.1 < lesson.losses[0]
    assert lesson.learnt.labels(DIGIT[None]) == [4]
    for W, kept in zip(network.weights, before, strict=True):
        np.testing.assert_array_equal(W, kept)


def test_alpha_that_is_too_large_ends_at_the_last_finite_state() -> None:
    network = network_of("relu", "relu", "softmax")
    with np.errstate(all="raise"):
        lesson = teach(network, Question(DIGIT, 4, 1e300, 50))
    assert lesson.stopped
    assert len(lesson.losses) == lesson.stopped
    assert np.isfinite(lesson.losses).all()


def test_output_layer_without_a_loss_is_not_taught() -> None:
    with pytest.raises(NotTaught, match="relu"):
        teach(network_of("sigmoid", "relu"), Question(DIGIT, 4, 0.1, 1))


def test_other_digits_are_rows_of_the_embedded_set() -> None:
    embedded = read_embedded()
    known = dict(
        zip(map(bytes, embedded.pixels), embedded.labels.tolist(), strict=True)
    )
    others = other_digits()
    assert [known[bytes(row)] for row in others.pixels] == others.labels.tolist()
    assert others.labels.tolist() == [digit for digit in range(10) for _ in range(20)]
