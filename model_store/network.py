"""What a network computes: layers of weights, biases and activations over pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.errors import InvalidNetwork

Floats = NDArray[np.floating[Any]]
Pixels = NDArray[Any]


def sigmoid(n: Floats) -> Floats:
    """1 / (1 + e^-n), elementwise (the notes' sigmoid)."""
    with np.errstate(over="ignore"):  # e^-n = inf gives 0, which is right
        squashed: Floats = 1 / (1 + np.exp(-n))
        return squashed


def relu(n: Floats) -> Floats:
    """max(0, n), elementwise (the notes' ReLU)."""
    return np.maximum(n, 0)


def softmax(n: Floats) -> Floats:
    """e^n over its sum along the last axis, shifted so that nothing overflows."""
    exponentials = np.exp(n - n.max(axis=-1, keepdims=True))
    shares: Floats = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return shares


ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "sigmoid": sigmoid,
    "relu": relu,
    "softmax": softmax,
}

# sigma'(n) of a hidden layer, written with a = sigma(n), which feed-forward keeps.
SLOPES: dict[str, Callable[[Floats], Floats]] = {
    "sigmoid": lambda a: a * (1 - a),
    "relu": lambda a: (a > 0).astype(a.dtype),
}


@dataclass(frozen=True)
class Network:
    """A fully connected network of any layer sizes.

    One from a store is immutable: its arrays are read-only, so threads may share it. A
    fit updates the arrays of its own network in place (trainer/learning/sgd.py).

    Attributes:
        weights: W_1 ... W_L, W_i of shape (fan_in, fan_out), one floating dtype.
        biases: b_1 ... b_L, b_i of shape (fan_out,).
        activation_names: one of ACTIVATIONS for each layer; softmax only at the end.

    Raises InvalidNetwork for anything else.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    activation_names: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_names(self.activation_names)
        _check_shapes(self.weights, self.biases, len(self.activation_names))
        _check_dtypes([*self.weights, *self.biases])
        for i, (weight, bias) in enumerate(self._parameters, start=1):
            if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
                raise InvalidNetwork(f"W{i} or b{i} holds a value that is not finite")

    @property
    def _parameters(self) -> Sequence[tuple[Floats, Floats]]:
        return list(zip(self.weights, self.biases, strict=True))

    @property
    def layers(self) -> list[int]:
        """The number of nodes in each layer, the input layer first."""
        return [self.weights[0].shape[0], *(w.shape[1] for w in self.weights)]

    def activations(self, pixels: Pixels) -> list[Floats]:
        """Feed forward (the notes' algorithm) and keep a_0 ... a_L for backprop.

        pixels: (n, fan_in), 0-255, any real dtype; scaled to 0-1 here and nowhere
        else. Returns L + 1 arrays of shape (n, nodes).
        """
        a = self._scaled(pixels)
        outputs = [a]
        for (W, b), name in zip(self._parameters, self.activation_names, strict=True):
            a = ACTIVATIONS[name](a @ W + b)
            outputs.append(a)
        return outputs

    def logits(self, pixels: Pixels) -> Floats:
        """The logits n_L, the output layer before its activation: (n, outputs)."""
        n = self._first_layer(pixels)
        for W, b, name in zip(
            self.weights[1:], self.biases[1:], self.activation_names[:-1], strict=True
        ):
            n = ACTIVATIONS[name](n) @ W + b
        return n

    def _first_layer(self, pixels: Pixels) -> Floats:
        """n_1; of one digit, most pixels are 0, and their rows of W_1 stay unread.

        To take the other rows out costs more than it saves if they are many.
        """
        W = self.weights[0]
        if len(pixels) == 1:
            (inked,) = pixels[0].nonzero()
            if len(inked) < len(W) / 3:
                pixels, W = pixels[:, inked], W.take(inked, axis=0)
        n: Floats = self._scaled(pixels) @ W + self.biases[0]
        return n

    def activate_outputs(self, logits: Floats) -> Floats:
        """The output vectors y = a_L of logits n_L, same shape."""
        return ACTIVATIONS[self.activation_names[-1]](logits)

    def outputs(self, pixels: Pixels) -> Floats:
        """The output vectors y = a_L, shape (n, outputs), for pixels (n, fan_in)."""
        return self.activate_outputs(self.logits(pixels))

    def labels(self, pixels: Pixels) -> NDArray[np.intp]:
        """The position of the largest output for each row of pixels, shape (n,)."""
        labels: NDArray[np.intp] = self.logits(pixels).argmax(axis=1)
        return labels

    def _scaled(self, pixels: Pixels) -> Floats:
        dtype = self.weights[0].dtype
        scaled: Floats = pixels.astype(dtype) * dtype.type(1 / 255)
        return scaled


def probabilities(logits: Floats, temperature: float) -> Floats:
    """The calibrated probability of each label (Guo et al. 2017, temperature scaling).

    For a softmax output this is its own softmax at `temperature`; a sigmoid output's
    logit is a log-odds, so the same formula normalises the odds.
    """
    return softmax(logits / temperature)


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if name not in ACTIVATIONS:
            raise InvalidNetwork(
                f"unknown activation {str(name)[:40]!r}, not one of {list(ACTIVATIONS)}"
            )
    if "softmax" in names[:-1]:
        raise InvalidNetwork("softmax is an activation of the output layer only")


def _check_shapes(
    weights: Sequence[Floats], biases: Sequence[Floats], layers: int
) -> None:
    if not len(weights) == len(biases) == layers or not layers:
        raise InvalidNetwork(
            f"{len(weights)} weights, {len(biases)} biases and {layers} activations"
            " do not make layers"
        )
    for i, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
        if weight.ndim != 2 or 0 in weight.shape or bias.shape != weight.shape[1:]:
            raise InvalidNetwork(
                f"W{i} {weight.shape} and b{i} {bias.shape} are not a layer"
            )
    for i, (left, right) in enumerate(pairwise(weights), start=1):
        if left.shape[1] != right.shape[0]:
            raise InvalidNetwork(
                f"W{i} {left.shape} and W{i + 1} {right.shape} do not chain"
            )


def _check_dtypes(parameters: Sequence[Floats]) -> None:
    dtypes = {parameter.dtype for parameter in parameters}
    if len(dtypes) != 1 or not np.issubdtype(dtypes.pop(), np.floating):
        raise InvalidNetwork("its parameters are not all of one floating dtype")
