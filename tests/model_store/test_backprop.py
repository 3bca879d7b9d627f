"""Backprop: the notes' recursion against finite differences and figures by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from model_store.backprop import LOSSES, Gradients, backprop, cross_entropy
from model_store.network import SLOPES, Floats, Network
from trainer.data.dataset import one_hot
from trainer.learning.sgd import Descent

LN2, LN3 = math.log(2), math.log(3)
DEPTHS = [(6, 4), (6, 5, 4), (6, 7, 5, 4), (3, 1, 2, 1, 3)]


def float64_network(layers: tuple[int, ...], hidden: str, output: str) -> Network:
    rng = np.random.default_rng(len(layers))
    shapes = list(pairwise(layers))
    return Network(
        weights=tuple(rng.normal(size=shape) for shape in shapes),
        biases=tuple(rng.normal(size=nodes) for _, nodes in shapes),
        activation_names=(hidden,) * (len(shapes) - 1) + (output,),
    )


def random_rows(network: Network, n: int) -> tuple[NDArray[np.uint8], Floats]:
    """Pixels, and one-hot targets for as many outputs as the network has."""
    rng = np.random.default_rng(11)
    targets = np.eye(network.layers[-1])[rng.integers(0, network.layers[-1], n)]
    return rng.integers(0, 256, (n, network.layers[0])).astype(np.uint8), targets


def in_order(gradients: Gradients) -> list[Floats]:
    return [*gradients.weights, *gradients.biases]


@pytest.mark.parametrize("layers", DEPTHS, ids=str)
@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("hidden", SLOPES)
def test_gradient_is_the_finite_difference(
    hidden: str, loss_name: str, layers: tuple[int, ...]
) -> None:
    """(F(w + h) - F(w - h)) / 2h for every single weight and bias, in float64."""
    loss = LOSSES[loss_name]
    network = float64_network(layers, hidden, loss.output_activation)
    pixels, targets = random_rows(network, 3)
    gradients = in_order(backprop(network, loss, pixels, targets))
    h = 1e-6
    for parameter, gradient in zip(
        [*network.weights, *network.biases], gradients, strict=True
    ):
        assert gradient.shape == parameter.shape
        for place in np.ndindex(parameter.shape):
            kept = parameter[place]
            parameter[place] = kept + h
            above = loss.total(network.outputs(pixels), targets)
            parameter[place] = kept - h
            below = loss.total(network.outputs(pixels), targets)
            parameter[place] = kept
            assert gradient[place] == pytest.approx((above - below) / (2 * h), abs=1e-7)
    assert any(np.abs(gradient).max() > 1e-3 for gradient in gradients)


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("hidden", SLOPES)
def test_gradient_of_a_batch_is_the_sum_of_single_ones(
    hidden: str, loss_name: str
) -> None:
    loss = LOSSES[loss_name]
    network = float64_network((6, 7, 5, 4), hidden, loss.output_activation)
    pixels, targets = random_rows(network, 5)
    singles = [
        in_order(backprop(network, loss, pixels[[k]], targets[[k]])) for k in range(5)
    ]
    for whole, *parts in zip(
        in_order(backprop(network, loss, pixels, targets)), *singles, strict=True
    ):
        np.testing.assert_allclose(whole, np.sum(parts, axis=0), atol=1e-13)


def by_hand() -> Network:
    """The network of the worked examples, before the softmax or the sigmoid."""
    return Network(
        weights=(np.array([[LN3, 0.0], [5, 7]]), np.array([[2.0, 4], [-3, -6]])),
        biases=(np.zeros(2), np.array([0, LN3])),
        activation_names=("sigmoid", "sigmoid"),
    )


def test_one_step_gives_the_figures_worked_out_by_hand() -> None:
    """Pixels 255 and 0, t = (1, 0), alpha = 1/2; sigma(ln 3) = 3/4, sigma' = a(1 - a).

    Forward: a_0 = (1, 0), n_1 = (ln 3, 0), a_1 = (3/4, 1/2),
             n_2 = (2*3/4 - 3*1/2, 4*3/4 - 6*1/2 + ln 3) = (0, ln 3), y = (1/2, 3/4).
    S_2 = -2 A_2 e, A_2 = diag(1/4, 3/16), e = t - y = (1/2, -3/4):
          S_2 = (-1/4, 9/32).
    S_1 = A_1 W_2 S_2, A_1 = diag(3/16, 1/4):
          W_2 S_2 = (-2/4 + 4*9/32, 3/4 - 6*9/32) = (5/8, -15/16),
          S_1 = (15/128, -15/64).
    W_i <- W_i - alpha a_{i-1} S_i^T, b_i <- b_i - alpha S_i.
    """
    network = by_hand()
    pixels, targets = np.array([[255, 0]], np.uint8), np.array([[1.0, 0]])
    gradients = backprop(network, LOSSES["tse"], pixels, targets)
    np.testing.assert_allclose(gradients.biases[1], [-1 / 4, 9 / 32])
    np.testing.assert_allclose(gradients.biases[0], [15 / 128, -15 / 64])
    np.testing.assert_allclose(
        gradients.weights[1], [[-3 / 16, 27 / 128], [-1 / 8, 9 / 64]]
    )
    np.testing.assert_allclose(gradients.weights[0], [[15 / 128, -15 / 64], [0.0, 0.0]])
    Descent(network, momentum=0.0).step(gradients, 0.5)
    np.testing.assert_allclose(
        network.weights[1], [[2 + 3 / 32, 4 - 27 / 256], [-3 + 1 / 16, -6 - 9 / 128]]
    )
    np.testing.assert_allclose(network.biases[1], [1 / 8, LN3 - 9 / 64])
    np.testing.assert_allclose(
        network.weights[0], [[LN3 - 15 / 256, 15 / 128], [5.0, 7.0]]
    )
    np.testing.assert_allclose(network.biases[0], [-15 / 256, 15 / 128])


def test_softmax_step_gives_the_figures_worked_out_by_hand() -> None:
    """Pixel 255, t = (0, 1).

    a_0 = 1, n_1 = (1, -1), a_1 = (1, 0) as ReLU cuts off the second node,
    n_2 = (ln 2, 0), y = (2, 1)/3, S_2 = y - t = (2/3, -2/3),
    S_1 = A_1 W_2 S_2 = (2/3 ln 2, 0), A_1 = diag(1, 0).
    """
    network = Network(
        weights=(np.array([[1.0, -1]]), np.array([[LN2, 0.0], [8, 9]])),
        biases=(np.zeros(2), np.zeros(2)),
        activation_names=("relu", "softmax"),
    )
    pixels, targets = np.array([[255]], np.uint8), np.array([[0.0, 1]])
    gradients = backprop(network, LOSSES["cross-entropy"], pixels, targets)
    np.testing.assert_allclose(gradients.biases[1], [2 / 3, -2 / 3])
    np.testing.assert_allclose(gradients.biases[0], [2 / 3 * LN2, 0])
    np.testing.assert_allclose(gradients.weights[1], [[2 / 3, -2 / 3], [0.0, 0.0]])
    np.testing.assert_allclose(gradients.weights[0], [[2 / 3 * LN2, 0]])


def test_total_squared_error_is_the_sum_over_rows_and_outputs() -> None:
    """e = (1/2, -3/4) and (0, 1): 1/4 + 9/16 + 1."""
    y, t = np.array([[1 / 2, 3 / 4], [0, 0]]), np.array([[1.0, 0], [0, 1]])
    assert LOSSES["tse"].total(y, t) == pytest.approx(29 / 16)


def test_cross_entropy_is_the_sum_of_minus_log_at_the_label() -> None:
    y, t = np.array([[1 / 2, 1 / 2], [1 / 4, 3 / 4]]), np.array([[1.0, 0], [1, 0]])
    assert LOSSES["cross-entropy"].total(y, t) == pytest.approx(np.log(2 * 4))


def test_cross_entropy_of_a_certain_error_is_finite() -> None:
    y = np.array([[0, 1]], np.float32)
    assert 80 < cross_entropy(y, np.array([[1, 0]], np.float32)) < np.inf


def test_targets_are_one_hot() -> None:
    labels = np.array([7, 0], np.uint8)
    targets = one_hot(labels, np.dtype(np.float32))
    assert targets.dtype == np.float32
    assert targets.tolist() == [[0, 0, 0, 0, 0, 0, 0, 1, 0, 0], [1] + [0] * 9]
