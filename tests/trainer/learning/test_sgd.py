"""SGD: batches without replacement, momentum, the one-cycle rate, the seed."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_store.backprop import Gradients, Loss, backprop
from model_store.network import Floats, Network
from trainer.data.dataset import Dataset
from trainer.learning import sgd
from trainer.learning.examples import examples_of
from trainer.learning.first_weights import initial_network
from trainer.learning.settings import Settings, settings_for
from trainer.learning.sgd import Descent, learning_rate_at, run_epoch


def settings(preset: str = "default", **changes: Any) -> Settings:
    """A preset with small layers, undistorted digits and seed 1."""
    small = {"hidden": (4,), "augment": False}
    return settings_for(preset, embedded=False, seed=1, changes={**small, **changes})


def numbered(n: int) -> Dataset:
    """Rows that can be told apart: row k has k in its first two pixels."""
    pixels = np.zeros((n, 784), np.uint8)
    pixels[:, 0], pixels[:, 1] = np.arange(n) % 256, np.arange(n) // 256
    return Dataset(pixels, np.arange(n, dtype=np.uint8) % 10, "numbered", "")


def epoch(
    descent: Descent,
    rows: Dataset,
    chosen: Settings,
    rng: np.random.Generator,
) -> Iterator[int]:
    """As a run does it: the generator draws the order, then the distortions."""
    order = rng.permutation(len(rows))
    examples = examples_of(rows, chosen)
    examples.begin_epoch(0)
    return run_epoch(descent, examples, order, lambda: 0.5, rng)


def batches_of(
    n: int, chosen: Settings, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """The sizes of an epoch's batches, and the rows in the order of their use."""
    used: list[int] = []

    def spy(network: Network, loss: Loss, pixels: Any, targets: Floats) -> Gradients:
        used.extend((pixels[:, 0] + 256 * pixels[:, 1].astype(int)).tolist())
        return backprop(network, loss, pixels, targets)

    descent = Descent(initial_network(chosen, np.random.default_rng(0)), 0.9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sgd, "backprop", spy)
        sizes = [*epoch(descent, numbered(n), chosen, rng)]
    return sizes, used


@given(st.integers(1, 300), st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_every_row_is_used_once_an_epoch(n: int, batch_size: int, seed: int) -> None:
    chosen = settings(batch_size=batch_size)
    sizes, used = batches_of(n, chosen, np.random.default_rng(seed))
    assert sorted(used) == list(range(n))
    whole, rest = divmod(n, batch_size)
    assert sizes == [batch_size] * whole + [rest] * (rest > 0)


def test_rows_are_used_in_the_order_that_was_drawn() -> None:
    _, used = batches_of(50, settings(batch_size=8), np.random.default_rng(3))
    assert used == np.random.default_rng(3).permutation(50).tolist()


def test_per_sample_epoch_uses_every_row() -> None:
    """Each row has a pixel of its own, whose weights its update moves."""
    pixels = np.zeros((250, 784), np.uint8)
    pixels[np.arange(250), np.arange(250)] = 255
    rows = Dataset(pixels, np.zeros(250, np.uint8), "diagonal", "")
    chosen = settings("notebook")
    network = initial_network(chosen, np.random.default_rng(0))
    before = network.weights[0].copy()
    descent = Descent(network, 0.0)
    sizes = [*epoch(descent, rows, chosen, np.random.default_rng())]
    moved = (network.weights[0] != before).any(axis=1)
    assert moved.tolist() == [True] * 250 + [False] * 534
    assert sum(sizes) == 250


def test_momentum_is_nesterovs() -> None:
    """With g = 1, alpha = 0.1 and mu = 0.9: v = -0.1, then 0.9 v - 0.1 = -0.19.

    The parameter moves by mu v - alpha g: -0.19, then -0.271.
    """
    network = Network((np.zeros((1, 1)),), (np.zeros(1),), ("sigmoid",))
    descent = Descent(network, momentum=0.9)
    places = []
    for _ in range(2):
        descent.step(Gradients([np.ones((1, 1))], [np.ones(1)]), 0.1)
        places.append(float(network.weights[0][0, 0]))
    assert places == pytest.approx([-0.19, -0.461])


def test_update_takes_the_mean_gradient_of_a_batch() -> None:
    """Two equal rows in one batch move the weights as one of them does."""
    row = numbered(2).rows(np.array([1]))
    twice = row.rows(np.array([0, 0]))
    moved = []
    for rows in (row, twice):
        chosen = settings(batch_size=2, one_cycle=False, momentum=0.0)
        network = initial_network(chosen, np.random.default_rng(0))
        descent, rng = Descent(network, 0.0), np.random.default_rng(0)
        [*epoch(descent, rows, chosen, rng)]
        moved.append(network)
    np.testing.assert_allclose(moved[0].weights[1], moved[1].weights[1], rtol=1e-6)


def test_one_cycle_warms_up_and_anneals_to_nothing() -> None:
    chosen = settings(learning_rate=0.4)
    rates = [learning_rate_at(chosen, step / 100) for step in range(101)]
    assert rates[0] == pytest.approx(0.02)
    assert max(rates) == rates[20] == pytest.approx(0.4)
    assert rates[60] == pytest.approx(0.2)
    assert rates[100] == pytest.approx(0.0)
    assert rates[:21] == sorted(rates[:21])
    assert rates[20:] == sorted(rates[20:], reverse=True)


@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_notebook_rate_is_constant(progress: float) -> None:
    assert learning_rate_at(settings("notebook"), progress) == 0.3


def test_notebook_weights_are_those_of_the_notes() -> None:
    """0.5 - U(0, 1), and biases of 0."""
    chosen = settings_for("notebook", embedded=False, seed=0, changes={})
    network = initial_network(chosen, np.random.default_rng(0))
    first = network.weights[0]
    assert network.layers == [784, 500, 200, 10]
    assert network.activation_names == ("sigmoid",) * 3
    assert -0.5 < first.min() < -0.499
    assert 0.499 < first.max() <= 0.5
    assert abs(first.mean()) < 0.002
    assert not any(bias.any() for bias in network.biases)
    assert {p.dtype for p in (*network.weights, *network.biases)} == {first.dtype}
    assert first.dtype == np.float32


def test_default_weights_have_the_spread_of_he() -> None:
    """A standard deviation of sqrt(2 / fan_in)."""
    chosen = settings_for("default", embedded=False, seed=0, changes={})
    network = initial_network(chosen, np.random.default_rng(0))
    assert network.layers == [784, 500, 200, 10]
    for weight, fan_in in zip(network.weights[:2], (784, 500), strict=True):
        assert weight.std() == pytest.approx(np.sqrt(2 / fan_in), rel=0.02)


@pytest.mark.parametrize("preset", ["notebook", "default"])
def test_same_seed_gives_the_same_weights(preset: str, digits: Dataset) -> None:
    rows = digits.rows(slice(150))

    def train(seed: int) -> Network:
        chosen, rng = settings(preset, augment=preset == "default"), (
            np.random.default_rng(seed)
        )  # fmt: skip
        network = initial_network(chosen, rng)
        [*epoch(Descent(network, 0.9), rows, chosen, rng)]
        return network

    first, again, other = train(1), train(1), train(2)
    for ours, theirs in zip(first.weights, again.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(first.weights[-1], other.weights[-1])
