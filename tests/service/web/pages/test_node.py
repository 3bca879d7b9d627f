"""A hidden node of a lesson: its sum, and what it changes on its way to the output."""

from itertools import pairwise

import numpy as np
import pytest

from model_store import Network
from service.serving.lesson import Lesson, Question, teach
from service.serving.other_digits import other_digits
from service.web.pages.learn.node import node_of


@pytest.fixture
def network() -> Network:
    """Two hidden layers, of 12 and 9 nodes."""
    rng = np.random.default_rng(3)
    shapes = list(pairwise((784, 12, 9, 10)))
    return Network(
        tuple(rng.normal(0, 0.1, shape) for shape in shapes),
        tuple(rng.normal(0, 0.1, nodes) for _, nodes in shapes),
        ("sigmoid", "sigmoid", "softmax"),
    )


@pytest.fixture
def lesson(network: Network) -> Lesson:
    return teach(network, Question(other_digits().digit(60), 4, 0.1, 1))


def outputs(network: Network, layer: int, a: np.ndarray) -> np.ndarray:
    """n of the output layer, from the a of a hidden layer, which is from 1 on."""
    for i in range(layer, len(network.weights)):
        n = a @ network.weights[i] + network.biases[i]
        a = 1 / (1 + np.exp(-n))
    return n


@pytest.mark.parametrize(("layer", "number"), [(1, 0), (1, 11), (2, 8)])
def test_node_adds_up_and_goes_on_as_a_measured_slope_says(
    network: Network, lesson: Lesson, layer: int, number: int
) -> None:
    node = node_of(network, lesson, layer, number)
    assert node.total + node.bias == pytest.approx(node.n)
    assert node.a == pytest.approx(1 / (1 + np.exp(-node.n)))
    assert lesson.S[layer - 1][number] == node.S
    nudge = np.zeros(len(lesson.a[layer]))
    nudge[number] = 1e-6
    a = lesson.a[layer]
    slope = (
        outputs(network, layer, a + nudge) - outputs(network, layer, a - nudge)
    ) / 2e-6
    np.testing.assert_allclose(node.adds, node.a * slope, atol=1e-6)


def test_nodes_that_it_feeds_are_the_strongest(
    network: Network, lesson: Lesson
) -> None:
    changes = lesson.a[1][3] * network.weights[1][3]
    node = node_of(network, lesson, 1, 3)
    assert len(node.fed) == 5
    for number, change in node.fed:
        assert change == pytest.approx(changes[number])
    others = np.delete(np.abs(changes), [number for number, _ in node.fed])
    assert min(abs(change) for _, change in node.fed) >= others.max()
    assert node_of(network, lesson, 2, 3).fed == []


def test_without_a_number_it_is_the_node_that_answers_most(
    network: Network, lesson: Lesson
) -> None:
    assert node_of(network, lesson, 1, None).number == lesson.a[1].argmax()
