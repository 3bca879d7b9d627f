"""The network before its first update: random weights, zero biases."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike

from model_store.backprop import LOSSES
from model_store.network import Floats, Network
from trainer.learning.settings import Settings

Shape = tuple[int, int]

# (fan_in, fan_out), rng -> the first weights of a layer.
FIRST_WEIGHTS: dict[str, Callable[[Shape, np.random.Generator], Floats]] = {
    "notes": lambda shape, rng: 0.5 - rng.random(shape),
    "he": lambda shape, rng: rng.normal(0, np.sqrt(2 / shape[0]), shape),
}


def random_network(
    layers: Sequence[int],
    activations: Sequence[str],
    rng: np.random.Generator,
    weights: str = "notes",
    dtype: DTypeLike = np.float32,
) -> Network:
    """A network that has learnt nothing yet.

    layers: nodes of each layer, the input layer first, such as [784, 500, 200, 10].
    activations: one for each layer after the first. weights: "notes" for 0.5 - U(0, 1),
    "he" for a normal distribution of variance 2 / fan-in (He et al. 2015).
    Raises InvalidNetwork.
    """
    drawn = FIRST_WEIGHTS[weights]
    return Network(
        weights=tuple(drawn(shape, rng).astype(dtype) for shape in pairwise(layers)),
        biases=tuple(np.zeros(nodes, dtype) for nodes in layers[1:]),
        activation_names=tuple(activations),
    )


def initial_network(settings: Settings, rng: np.random.Generator) -> Network:
    """The network of a run with these settings, in float32."""
    hidden = (settings.activation,) * len(settings.hidden)
    activations = (*hidden, LOSSES[settings.loss].output_activation)
    layers = [784, *settings.hidden, 10]
    return random_network(layers, activations, rng, settings.weights)
