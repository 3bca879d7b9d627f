"""One digit forward and backward through a model, and what some updates would do.

Nothing of it changes the model: the updates are made on a copy, in float64, so that a
gradient may be compared with a measured slope.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_store import InvalidNetwork
from model_store.backprop import LOSSES, Loss, backprop, sensitivities
from model_store.network import SLOPES, Floats, Network
from service.serving.other_digits import other_digits

MOST_STEPS = 50
_NUDGE = 1e-5  # small beside a weight, large beside float64's rounding
_LOSS_OF = {loss.output_activation: name for name, loss in LOSSES.items()}


class NotTaught(Exception):
    """A model whose output layer has no loss that it is trained with."""


@dataclass(frozen=True)
class Question:
    """What is to be learnt.

    Attributes:
        pixels: (784,) uint8.
        truth: the label to learn, right or wrong.
        alpha: the learning rate.
        steps: how many updates, up to MOST_STEPS.
        weight: layer (1 ... L), row and column of the weight to look at; None for the
            one of the last layer whose gradient is the largest.
    """

    pixels: NDArray[np.uint8]
    truth: int
    alpha: float
    steps: int
    weight: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Nudged:
    """An entry of a W_i: its gradient a_r S_c, and the slope measured at it."""

    layer: int
    row: int
    column: int
    value: float
    gradient: float
    measured: float


@dataclass(frozen=True, eq=False)
class Lesson:
    """The passes of one digit, in the notes' letters; vectors are (nodes,).

    Attributes:
        loss: "tse" or "cross-entropy".
        a: a_0 ... a_L. n, S: n_1 ... n_L and S_1 ... S_L.
        slopes: the diagonals of A_1 ... A_L; of softmax, which has none, it ends at
            A_{L-1}.
        e: t - y.
        losses: F before the first update and after each one.
        learnt: the network after the last update whose F is finite.
        stopped: the update after which F was not finite, or None.
    """

    loss: str
    a: list[Floats]
    n: list[Floats]
    S: list[Floats]
    slopes: list[Floats]
    e: Floats
    weight: Nudged
    losses: list[float]
    learnt: Network
    stopped: int | None


def teach(network: Network, question: Question) -> Lesson:
    """Go through all of it. Raises NotTaught, IndexError for a weight that is none."""
    name = _LOSS_OF.get(network.activation_names[-1])
    if name is None:
        raise NotTaught(f"its output layer is {network.activation_names[-1]}")
    exact, x, t = _exact(network), question.pixels[np.newaxis], _target(question.truth)
    a = exact.activations(x)
    n = [
        a[i] @ W + b
        for i, (W, b) in enumerate(zip(exact.weights, exact.biases, strict=True))
    ]
    S = sensitivities(exact, LOSSES[name], a, t)
    losses, learnt, stopped = _learn(exact, LOSSES[name], question)
    return Lesson(
        loss=name,
        a=[layer[0] for layer in a],
        n=[layer[0] for layer in n],
        S=[layer[0] for layer in S],
        slopes=[
            SLOPES[kind](layer[0])
            for kind, layer in zip(exact.activation_names, a[1:], strict=True)
            if kind in SLOPES
        ],
        e=(t - a[-1])[0],
        weight=_nudged(exact, LOSSES[name], question, a, S),
        losses=losses,
        learnt=learnt,
        stopped=stopped,
    )


def labels_of_others(network: Network) -> NDArray[np.intp]:
    """What a network takes each of other_digits() for, (200,)."""
    return network.labels(other_digits().pixels)


def _exact(network: Network) -> Network:
    """A copy in float64."""
    return Network(
        tuple(W.astype(np.float64) for W in network.weights),
        tuple(b.astype(np.float64) for b in network.biases),
        network.activation_names,
    )


def _target(label: int) -> Floats:
    target = np.zeros((1, 10))
    target[0, label] = 1
    return target


def _nudged(
    network: Network, loss: Loss, question: Question, a: list[Floats], S: list[Floats]
) -> Nudged:
    last = len(network.weights)
    largest = int(a[-2][0].argmax()), int(np.abs(S[-1][0]).argmax())
    layer, r, c = question.weight or (last, *largest)
    W = network.weights[layer - 1]
    value, slope = float(W[r, c]), []
    for nudge in (_NUDGE, -_NUDGE):
        W[r, c] = value + nudge
        y = network.outputs(question.pixels[np.newaxis])
        slope.append(loss.total(y, _target(question.truth)))
    W[r, c] = value
    return Nudged(
        layer, r, c, value,
        gradient=float(a[layer - 1][0, r] * S[layer - 1][0, c]),
        measured=(slope[0] - slope[1]) / (2 * _NUDGE),
    )  # fmt: skip


def _learn(
    network: Network, loss: Loss, question: Question
) -> tuple[list[float], Network, int | None]:
    """F along the updates, the last finite network, and where it ceased to be."""
    losses, learnt = [_loss(network, loss, question)], network
    try:
        for changed in _updates(network, loss, question):
            F = _loss(changed, loss, question)
            if not np.isfinite(F):
                return losses, learnt, len(losses)
            losses.append(F)
            learnt = changed
    except InvalidNetwork:  # a weight is not finite any more
        return losses, learnt, len(losses)
    return losses, learnt, None


def _updates(network: Network, loss: Loss, question: Question) -> Iterator[Network]:
    """The network after each update W <- W - alpha dF/dW, b <- b - alpha dF/db."""
    x, t = question.pixels[np.newaxis], _target(question.truth)
    for _ in range(question.steps):
        with np.errstate(all="ignore"):  # a large alpha overflows, which F then shows
            found = backprop(network, loss, x, t)
            weights = [
                W - question.alpha * g
                for W, g in zip(network.weights, found.weights, strict=True)
            ]
            biases = [
                b - question.alpha * g
                for b, g in zip(network.biases, found.biases, strict=True)
            ]
        network = Network(tuple(weights), tuple(biases), network.activation_names)
        yield network


def _loss(network: Network, loss: Loss, question: Question) -> float:
    with np.errstate(all="ignore"):
        y = network.outputs(question.pixels[np.newaxis])
        return loss.total(y, _target(question.truth))
