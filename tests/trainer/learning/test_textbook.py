"""The `notebook` preset is the course notes' own loop, sample for sample."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from model_store.backprop import LOSSES
from model_store.network import SLOPES, Network
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import cost
from trainer.learning.examples import examples_of
from trainer.learning.settings import Settings, settings_for
from trainer.learning.sgd import Descent, run_epoch

Matrix = NDArray[np.float64]


def float64_network(*layers: int, hidden: str, output: str) -> Network:
    rng = np.random.default_rng(2)
    shapes = list(pairwise(layers))
    return Network(
        weights=tuple(0.5 - rng.random(shape) for shape in shapes),
        biases=tuple(np.zeros(nodes) for _, nodes in shapes),
        activation_names=(hidden,) * (len(shapes) - 1) + (output,),
    )


def train_one_epoch(network: Network, rows: Dataset, settings: Settings) -> None:
    """With the product's own machinery, in the order of seed 4."""
    descent = Descent(network, settings.momentum)
    rng = np.random.default_rng(4)
    order, examples = rng.permutation(len(rows)), examples_of(rows, settings)
    for _ in run_epoch(descent, examples, order, lambda: 0.5, rng):
        pass


def sigmoid(x: Matrix) -> Matrix:
    return 1 / (1 + np.exp(-x))


def slope(x: Matrix) -> Matrix:
    return sigmoid(x) * (1 - sigmoid(x))


def train_as_in_the_notes(network: Network, rows: Dataset, alpha: float) -> None:
    """The notes' loop over the samples, with their columns and diagonal matrices."""
    (W1, W2, W3), (b1, b2, b3) = network.weights, (b[:, None] for b in network.biases)
    X, T = rows.pixels / 255, np.eye(10)[rows.labels].T
    for j in np.random.default_rng(4).permutation(len(rows)):
        a0 = X[[j], :].T
        n1 = W1.T @ a0 + b1
        a1 = sigmoid(n1)
        n2 = W2.T @ a1 + b2
        a2 = sigmoid(n2)
        n3 = W3.T @ a2 + b3
        error = T[:, [j]] - sigmoid(n3)
        A1, A2, A3 = (np.diagflat(slope(n)) for n in (n1, n2, n3))
        S3 = -2 * A3 @ error
        S2 = A2 @ W3 @ S3
        S1 = A1 @ W2 @ S2
        W3 -= alpha * a2 @ S3.T
        W2 -= alpha * a1 @ S2.T
        W1 -= alpha * a0 @ S1.T
        b3 -= alpha * S3
        b2 -= alpha * S2
        b1 -= alpha * S1


def test_notebook_run_is_the_loop_of_the_notes(digits: Dataset) -> None:
    rows = digits.rows(slice(200))
    settings = settings_for("notebook", embedded=False, seed=0, changes={})
    ours, theirs = (
        float64_network(784, 40, 20, 10, hidden="sigmoid", output="sigmoid")
        for _ in range(2)
    )
    before = cost(ours, rows, LOSSES["tse"])
    train_one_epoch(ours, rows, settings)
    train_as_in_the_notes(theirs, rows, settings.learning_rate)
    for mine, notes in zip(
        [*ours.weights, *ours.biases], [*theirs.weights, *theirs.biases], strict=True
    ):
        np.testing.assert_allclose(mine, notes, rtol=0, atol=1e-9)
    assert cost(ours, rows, LOSSES["tse"]) < before / 2


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", SLOPES)
def test_compiled_loop_is_backprop_with_batches_of_one(
    digits: Dataset, hidden: str, loss: str
) -> None:
    """A momentum too small to be seen sends the second run through the batches."""
    rows = digits.rows(slice(120))
    changes = {"activation": hidden, "loss": loss, "learning_rate": 0.05}
    settings = settings_for("notebook", embedded=False, seed=0, changes=changes)
    in_batches = settings_for(
        "notebook", embedded=False, seed=0, changes={**changes, "momentum": 1e-30}
    )
    assert settings.is_per_sample
    assert not in_batches.is_per_sample
    output = LOSSES[loss].output_activation
    compiled, plain = (
        float64_network(784, 12, 8, 10, hidden=hidden, output=output) for _ in range(2)
    )
    train_one_epoch(compiled, rows, settings)
    train_one_epoch(plain, rows, in_batches)
    for ours, theirs in zip(
        [*compiled.weights, *compiled.biases], [*plain.weights, *plain.biases],
        strict=True,
    ):  # fmt: skip
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
