"""Stochastic gradient descent: epochs of updates, in batches without replacement."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model_store.backprop import LOSSES, Gradients, backprop
from model_store.network import Floats, Network
from trainer.data.dataset import Dataset
from trainer.learning.examples import Examples, Map, examples_of, targets
from trainer.learning.first_weights import initial_network
from trainer.learning.per_sample import VECTOR_MATHS, train_one_by_one
from trainer.learning.settings import Settings

_ONES_AT_ONCE = 100
WARM_UP = 0.2  # of a one-cycle run
# A batch of so many rows is learnt in two halves, which two threads may do at once.
_WORTH_HALVING = 128


def warm_up(settings: Settings) -> None:
    """Compile what an epoch of these settings runs, with a made-up digit."""
    rng = np.random.default_rng(0)
    network = initial_network(settings, rng)
    pixels = np.zeros((1, 28, 28), np.uint8)
    pixels[0, 4:24, 13:15] = 255
    one = Dataset(pixels.reshape(1, 784), np.array([1], np.uint8), "", "")
    examples = examples_of(one, settings)
    examples.begin_epoch(0)
    examples.draw(np.zeros(1, np.intp), rng)
    flat = [np.zeros_like(parameter) for parameter in network.weights]
    level = [np.zeros_like(parameter) for parameter in network.biases]
    Descent(network, 0.0).step(Gradients(flat, level), 0.0)
    if settings.is_per_sample:
        train_one_by_one(network, one, np.arange(1), settings.learning_rate)


@dataclass
class Descent:
    """The update rule: W <- W - alpha (dF/dW + lambda W), with Nesterov's momentum.

    The weight decay lambda and the momentum may be 0, for plain gradient descent.

    The parameters of the network are changed in place.

    Attributes:
        velocities: of the weights, then of the biases, in their shapes.
    """

    network: Network
    momentum: float = 0.0
    weight_decay: float = 0.0
    velocities: list[Floats] = field(init=False)

    def __post_init__(self) -> None:
        self.velocities = [np.zeros_like(p) for p in self.parameters]

    @property
    def parameters(self) -> list[Floats]:
        """The weights, then the biases."""
        return [*self.network.weights, *self.network.biases]

    def step(self, gradients: Gradients, learning_rate: float, rows: int = 1) -> None:
        """One update by the mean of gradients that are summed over so many rows."""
        for parameter, velocity, gradient in zip(
            self.parameters,
            self.velocities,
            [*gradients.weights, *gradients.biases],
            strict=True,
        ):
            number = parameter.dtype.type
            _update(
                parameter.ravel(),
                velocity.ravel(),
                gradient.ravel(),
                number(learning_rate / rows),
                number(self.momentum),
                number(self.weight_decay * rows),
            )


@njit(cache=True, fastmath=VECTOR_MATHS)
def _update(w: Any, v: Any, g: Any, alpha: Any, momentum: Any, decay: Any) -> None:
    """Do v <- mu v - alpha g and w <- w + mu v - alpha g (Sutskever et al. 2013).

    In place and in one pass: numpy would read and write the weights five times.
    """
    for i in range(len(w)):
        change = alpha * (g[i] + decay * w[i])
        v[i] = momentum * v[i] - change
        w[i] += momentum * v[i] - change


def learning_rate_at(settings: Settings, progress: float) -> float:
    """The rate when a fraction `progress` of the run is spent.

    One cycle (Smith 2018): a linear warm-up, then half a cosine down to 0.
    """
    if not settings.one_cycle:
        return settings.learning_rate
    if progress < WARM_UP:
        return settings.learning_rate * (0.05 + 0.95 * progress / WARM_UP)
    annealed = (progress - WARM_UP) / (1 - WARM_UP)
    return settings.learning_rate * 0.5 * (1 + float(np.cos(np.pi * annealed)))


def run_epoch(
    descent: Descent,
    examples: Examples,
    order: NDArray[np.intp],
    progress: Callable[[], float],
    rng: np.random.Generator,
    at_once: Map = map,
) -> Iterator[int]:
    """Update once for each batch of the training rows, taken in the given order.

    progress: the fraction of the whole run that is done, 0 to 1, which the learning
    rate follows. rng: draws the examples. at_once: a map that may do both halves of a
    batch at the same time; whether it does changes no bit.

    Yields the number of training rows of each batch done. Per-sample SGD yields after
    some batches of one, not after each: there may be 100,000 in a second.
    """
    settings = examples.settings
    if settings.is_per_sample:
        for some in _batches(order, _ONES_AT_ONCE):
            rate = settings.learning_rate
            train_one_by_one(descent.network, examples.rows, some, rate)
            yield len(some)
        return
    for batch in _batches(order, settings.batch_size):
        parts = 2 if len(batch) >= _WORTH_HALVING else 1
        halves = np.array_split(batch, parts)
        tasks = zip(halves, rng.integers(0, 2**63, parts), strict=True)
        learn = functools.partial(_learn, descent.network, examples, settings.loss)
        (gradients, rows), *other = at_once(learn, tasks)
        for more, more_rows in other:
            gradients.add(more)
            rows += more_rows
        descent.step(gradients, learning_rate_at(settings, progress()), rows)
        yield len(batch)


def _learn(
    network: Network,
    examples: Examples,
    loss: str,
    task: tuple[NDArray[np.intp], int],
) -> tuple[Gradients, int]:
    """The gradients of the examples of some rows, and how many examples they are."""
    chosen, seed = task
    pixels, labels = examples.draw(chosen, np.random.default_rng(seed))
    wanted = targets(labels, network.weights[0].dtype)
    return backprop(network, LOSSES[loss], pixels, wanted), len(pixels)


def _batches(order: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    for start in range(0, len(order), size):
        yield order[start : start + size]
