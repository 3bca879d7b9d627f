"""A cost that does not fall in the first epochs: how it is seen, and what to change."""

from collections.abc import Sequence

import numpy as np

from model_store.backprop import LOSSES
from model_store.network import Network
from trainer.data.dataset import Dataset, one_hot
from trainer.learning.settings import Settings
from trainer.learning.sgd import WARM_UP
from trainer.training.epoch_report import EpochReport

_FIRST = 5
_MUCH = 0.95  # of the cost of one answer for every picture
_ROWS = 500  # enough to see whether nodes answer to the picture
_STILL = 1e-3  # a spread of answers that is none
_SUITING = {"sigmoid": "notes", "relu": "he"}


def complaint(
    settings: Settings, network: Network, rows: Dataset, reports: Sequence[EpochReport]
) -> str | None:
    """What to say after the first epochs, if nothing was learnt by then.

    A network that gives every picture the same outputs has a cost, too; one that is not
    below it has learnt nothing. None at any other epoch.
    """
    if len(reports) != _first_epochs(settings):
        return None
    costs = [report.cost for report in reports]
    same = cost_of_one_answer(rows, settings.loss)
    if min(costs) < _MUCH * same:
        return None
    how = "falls slowly" if min(costs) < _MUCH * costs[0] else "does not fall"
    return (
        f"the cost {how}: after {len(costs)} epochs it is {costs[-1]:.5g}, and one"
        f" answer for every picture costs {same:.5g};"
        f" {_advice(settings, network, rows)}"
    )


def _first_epochs(settings: Settings) -> int:
    """Five; with a one-cycle schedule as many as it takes to warm up."""
    warm_up = int(WARM_UP * settings.epochs) if settings.one_cycle else 0
    return max(_FIRST, warm_up)


def cost_of_one_answer(rows: Dataset, loss: str) -> float:
    """The least cost of a network whose outputs are the same for every picture."""
    targets = one_hot(rows.labels, np.dtype(np.float64))
    answer = np.broadcast_to(targets.mean(axis=0), targets.shape)
    return LOSSES[loss].total(answer, targets)


def _advice(settings: Settings, network: Network, rows: Dataset) -> str:
    if not _suit(settings) or _is_still(network, rows):
        return smaller_steps(settings)
    return (
        f"try --learning-rate {10 * settings.learning_rate:g} or more epochs, and look"
        " whether the labels belong to the pictures (trainer data describe --row 0)"
    )


def smaller_steps(settings: Settings) -> str:
    """What to change where steps were too large for the first weights."""
    if not _suit(settings):
        weights = _SUITING[settings.activation]
        return f"{settings.activation} needs other first weights: --weights {weights}"
    return f"try --learning-rate {settings.learning_rate / 10:g}"


def _suit(settings: Settings) -> bool:
    return settings.weights == _SUITING[settings.activation]


def _is_still(network: Network, rows: Dataset) -> bool:
    """Whether a layer no longer depends on the picture (dead ReLU, saturation)."""
    a = network.activations(rows.pixels[:_ROWS])
    spreads = [float(layer.std(axis=0).max()) for layer in a[1:]]
    return min(spreads) < _STILL
