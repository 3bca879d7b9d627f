"""Network: the notes' feed-forward, in the dtype of its weights, on raw pixels."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from model_store import InvalidNetwork, Network
from model_store.network import ACTIVATIONS, probabilities, relu, sigmoid, softmax

LN2, LN3 = np.log(2), np.log(3)


def new_network(*layers: int, names: tuple[str, ...] | None = None) -> Network:
    """Random float32 weights for any layers."""
    rng = np.random.default_rng(sum(layers))
    shapes = list(pairwise(layers))
    return Network(
        weights=tuple(rng.normal(size=shape).astype(np.float32) for shape in shapes),
        biases=tuple(rng.normal(size=n).astype(np.float32) for _, n in shapes),
        activation_names=names or ("sigmoid",) * len(shapes),
    )


def test_feed_forward_gives_the_figures_worked_out_by_hand() -> None:
    """Pixels 255 and 0 are a_0 = (1, 0); sigmoid(ln 3) = 3/4.

    n_1 = W_1^T a_0 = (ln 3, 0), so a_1 = (3/4, 1/2);
    n_2 = W_2^T a_1 + b_2 = (3/2 - 3/2, 3 - 3 + ln 3), so y = (1/2, 3/4).
    """
    network = Network(
        weights=(np.array([[LN3, 0.0], [5, 7]]), np.array([[2.0, 4], [-3, -6]])),
        biases=(np.zeros(2), np.array([0, LN3])),
        activation_names=("sigmoid", "sigmoid"),
    )
    a0, a1, y = network.activations(np.array([[255, 0]], np.uint8))
    np.testing.assert_allclose(a0, [[1, 0]])
    np.testing.assert_allclose(a1, [[3 / 4, 1 / 2]])
    np.testing.assert_allclose(y, [[1 / 2, 3 / 4]])


def test_relu_and_softmax_give_the_figures_worked_out_by_hand() -> None:
    """a_0 = (1, 1/5): n_1 = (1 - 3/5, -1 + 2/5) = (2/5, -3/5), so a_1 = (2/5, 0);

    n_2 = (5/2 ln 2 * 2/5, 0) = (ln 2, 0), so y = (2, 1) / (2 + 1).
    """
    network = Network(
        weights=(np.array([[1.0, -1], [-3, 2]]), np.array([[2.5 * LN2, 0], [9, 9]])),
        biases=(np.zeros(2), np.zeros(2)),
        activation_names=("relu", "softmax"),
    )
    _, a1, y = network.activations(np.array([[255, 51]], np.uint8))
    np.testing.assert_allclose(a1, [[2 / 5, 0]], atol=1e-12)
    np.testing.assert_allclose(y, [[2 / 3, 1 / 3]])


@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=5),
    st.integers(1, 4),
    st.sampled_from(["sigmoid", "relu"]),
    st.sampled_from(["sigmoid", "relu", "softmax"]),
)
def test_any_layer_sizes_feed_forward_in_float32(
    layers: list[int], rows: int, hidden: str, output: str
) -> None:
    network = new_network(*layers, names=(hidden,) * (len(layers) - 2) + (output,))
    pixels = np.random.default_rng(1).integers(0, 256, (rows, layers[0]), np.uint8)
    activations = network.activations(pixels)
    assert network.layers == layers
    assert [a.shape for a in activations] == [(rows, nodes) for nodes in layers]
    assert {a.dtype for a in activations} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(network.outputs(pixels), activations[-1])


@pytest.mark.parametrize("inked", [0, 1, 9, 10, 11, 30])
def test_digit_alone_gives_what_it_gives_among_others(inked: int) -> None:
    pixels = np.zeros((3, 30), np.uint8)
    pixels[1, :inked] = 200
    network = new_network(30, 5, 4)
    alone, among = network.outputs(pixels[1:2]), network.outputs(pixels)[1:2]
    np.testing.assert_allclose(alone, among, rtol=1e-5)


def test_labels_are_the_positions_of_the_largest_outputs() -> None:
    network = new_network(784, 12, 10)
    pixels = np.random.default_rng(2).integers(0, 256, (50, 784), np.uint8)
    outputs = network.outputs(pixels)
    np.testing.assert_array_equal(network.labels(pixels), outputs.argmax(axis=1))
    assert len(set(network.labels(pixels))) > 1


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64])
def test_pixels_of_any_dtype_mean_the_same(dtype: type[np.generic]) -> None:
    network = new_network(3, 2)
    pixels = np.array([[0, 128, 255]])
    np.testing.assert_array_equal(
        network.outputs(pixels.astype(dtype)), network.outputs(pixels)
    )


def test_float64_weights_compute_in_float64() -> None:
    network = new_network(3, 2)
    exact = Network(
        tuple(w.astype(np.float64) for w in network.weights),
        tuple(b.astype(np.float64) for b in network.biases),
        network.activation_names,
    )
    assert exact.outputs(np.array([[1, 2, 3]], np.uint8)).dtype == np.float64


@pytest.mark.parametrize("activation", ACTIVATIONS.values())
@pytest.mark.parametrize("size", [1e3, 1e30])
def test_activations_stay_finite_for_huge_numbers(activation: Any, size: float) -> None:
    n = np.array([[size, -size, 0]], np.float32)
    assert np.isfinite(activation(n)).all()


def test_activations_are_the_formulas_of_the_notes() -> None:
    n = np.array([[-LN3, 0, LN3]])
    np.testing.assert_allclose(sigmoid(n), [[1 / 4, 1 / 2, 3 / 4]])
    np.testing.assert_allclose(relu(n), [[0, 0, LN3]])
    np.testing.assert_allclose(softmax(n), np.array([[1 / 3, 1, 3]]) / (13 / 3))


def test_probabilities_sharpen_as_the_temperature_falls() -> None:
    """Odds of 4 to 1 are 2 to 1 at temperature 2 and 16 to 1 at 1/2."""
    n = np.array([[np.log(4), 0]])
    np.testing.assert_allclose(probabilities(n, 1.0), [[4 / 5, 1 / 5]])
    np.testing.assert_allclose(probabilities(n, 2.0), [[2 / 3, 1 / 3]])
    np.testing.assert_allclose(probabilities(n, 0.5), [[16 / 17, 1 / 17]])


def ones(*shape: int) -> NDArray[np.float32]:
    return np.ones(shape, np.float32)


NAN = np.full((2, 3), np.nan, np.float32)
REFUSED: dict[str, tuple[tuple[Any, ...], tuple[Any, ...], tuple[str, ...], str]] = {
    "no layers": ((), (), (), "0 weights, 0 biases and 0 activations"),
    "a bias too few": ((ones(2, 3),), (), ("relu",), "1 weights, 0 biases"),
    "a name too many": ((ones(2, 3),), (ones(3),), ("relu", "relu"), "2 activations"),
    "unknown activation": ((ones(2, 3),), (ones(3),), ("tanh",), "'tanh'"),
    "softmax inside": (
        (ones(2, 3), ones(3, 2)),
        (ones(3), ones(2)),
        ("softmax", "sigmoid"),
        "softmax is an activation of the output layer only",
    ),
    "shapes that do not chain": (
        (ones(2, 3), ones(4, 2)),
        (ones(3), ones(2)),
        ("relu", "relu"),
        "W1 (2, 3) and W2 (4, 2) do not chain",
    ),
    "a bias of another length": (
        (ones(2, 3),), (ones(2),), ("relu",), "W1 (2, 3) and b1 (2,) are not a layer",
    ),
    "a weight that is no matrix": ((ones(2),), (ones(2),), ("relu",), "not a layer"),
    "no nodes": ((ones(2, 0),), (ones(0),), ("relu",), "not a layer"),
    "NaN in a weight": ((NAN,), (ones(3),), ("relu",), "W1 or b1"),
    "infinity in a bias": (
        (ones(2, 3), ones(3, 1)), (ones(3), ones(1) * np.inf), ("relu", "relu"),
        "W2 or b2 holds a value that is not finite",
    ),
    "integers": (
        (ones(2, 3).astype(int),), (ones(3).astype(int),), ("relu",),
        "one floating dtype",
    ),
    "mixed dtypes": (
        (ones(2, 3),), (ones(3).astype(np.float64),), ("relu",), "one floating dtype",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "biases", "names", "text"), REFUSED.values(), ids=REFUSED
)
def test_what_is_no_network_is_refused_in_one_line(
    weights: tuple[Any, ...], biases: tuple[Any, ...], names: tuple[str, ...], text: str
) -> None:
    with pytest.raises(InvalidNetwork) as refusal:
        Network(weights, biases, names)
    assert text in str(refusal.value)
    assert "\n" not in str(refusal.value)
