"""Losses, and their gradients by the notes' recursion S_{i-1} = A_{i-1} W_i S_i.

The notes write one sample as a column; here a batch is n rows, so a product of theirs
appears transposed: (n, nodes) arrays, and A_{i-1}, a diagonal matrix, as a product
element by element.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from model_store.network import SLOPES, Floats, Network, Pixels


@dataclass(frozen=True)
class Loss:
    """A loss with the output layer that belongs to it.

    Attributes:
        output_activation: the output layer's activation.
        total: (outputs, targets), each (n, 10) -> the loss summed over the rows.
        output_sensitivity: (outputs, targets) -> S_L = dF/dn_L, (n, 10).
    """

    output_activation: str
    total: Callable[[Floats, Floats], float]
    output_sensitivity: Callable[[Floats, Floats], Floats]


def total_squared_error(y: Floats, t: Floats) -> float:
    """The notes' cost: the sum of ||t - y||^2."""
    return float(np.square(t - y).sum())


def _squared_error_sensitivity(y: Floats, t: Floats) -> Floats:
    """S_L = -2 A_L e, with e = t - y and A_L the slope of the sigmoid."""
    return -2 * SLOPES["sigmoid"](y) * (t - y)


def cross_entropy(y: Floats, t: Floats) -> float:
    """The sum of -log y at the label; y is kept above the smallest float."""
    return float(-np.log(np.maximum((y * t).sum(axis=1), np.finfo(y.dtype).tiny)).sum())


LOSSES = {
    "tse": Loss("sigmoid", total_squared_error, _squared_error_sensitivity),
    # For softmax with cross-entropy the Jacobian and the 1/y cancel: S_L = y - t
    # (Bishop 2006, section 4.3.4).
    "cross-entropy": Loss("softmax", cross_entropy, lambda y, t: y - t),
}


@dataclass(frozen=True)
class Gradients:
    """dF/dW_i and dF/db_i for each layer, in the shapes of W_i and b_i."""

    weights: Sequence[Floats]
    biases: Sequence[Floats]

    def add(self, others: "Gradients") -> None:
        """Sum up, in place, with those of more rows."""
        ours, theirs = (*self.weights, *self.biases), (*others.weights, *others.biases)
        for one, other in zip(ours, theirs, strict=True):
            np.add(one, other, out=one)


def backprop(
    network: Network, loss: Loss, pixels: Pixels, targets: Floats
) -> Gradients:
    """The gradients of the loss summed over the rows of pixels.

    pixels: (n, fan_in), 0-255; targets: (n, outputs).
    """
    a = network.activations(pixels)
    S = sensitivities(network, loss, a, targets)
    return Gradients(
        weights=[a[i].T @ S[i] for i in range(len(S))],
        biases=[S[i].sum(axis=0) for i in range(len(S))],
    )


def sensitivities(
    network: Network, loss: Loss, a: Sequence[Floats], targets: Floats
) -> list[Floats]:
    """S_1 ... S_L, S_i = dF/dn_i of shape (n, nodes), from the last to the first.

    a: a_0 ... a_L, which network.activations kept; targets: (n, outputs).
    """
    S = [loss.output_sensitivity(a[-1], targets)]
    for i in range(len(network.weights) - 1, 0, -1):
        A = SLOPES[network.activation_names[i - 1]](a[i])
        S.insert(0, A * (S[0] @ network.weights[i].T))
    return S
