"""How good a network is: scorecards, the confusion matrix, accuracy and cost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.network import Floats, Network, probabilities
from trainer.data.dataset import Dataset, one_hot
from trainer.learning.backprop import Loss

_ROWS_AT_ONCE = 500  # more would not fit into the cache


@dataclass(frozen=True)
class Evaluation:
    """What a network makes of a set of digits.

    Attributes:
        confusion: (10, 10), rows the true label, columns the predicted one; all ten
            labels whether or not they occur in the set.
    """

    confusion: NDArray[np.int64]

    @property
    def rows(self) -> int:
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """The fraction of rows that are right."""
        return self.right / self.rows

    @property
    def scorecard(self) -> dict[str, list[int]]:
        """The notes' success and failure, each a count for every digit."""
        success = self.confusion.diagonal()
        failure = self.confusion.sum(axis=1) - success
        return {"success": success.tolist(), "failure": failure.tolist()}

    def to_dict(self) -> dict[str, Any]:
        """What the metadata and the commands say of it."""
        return {
            "test_accuracy": self.accuracy,
            "test_rows": self.rows,
            "per_digit": self.scorecard,
            "confusion_matrix": self.confusion.tolist(),
        }


def evaluate(network: Network, rows: Dataset) -> Evaluation:
    """Predict every row and count."""
    predicted = logits(network, rows).argmax(axis=1)
    confusion = np.zeros((10, 10), np.intp)
    np.add.at(confusion, (rows.labels, predicted), 1)
    return Evaluation(confusion)


def cost(network: Network, rows: Dataset, loss: Loss) -> float:
    """The notes' cost: the loss summed over the rows.

    It is infinite once a logit is, even where a sigmoid output still is not.
    """
    n = logits(network, rows)
    if not np.isfinite(n).all():
        return float("inf")
    outputs = network.activate_outputs(n)
    return loss.total(outputs, one_hot(rows.labels, outputs.dtype))


def logits(network: Network, rows: Dataset) -> Floats:
    """The logits of every row, (n, 10), in small batches."""
    starts = range(0, len(rows), _ROWS_AT_ONCE)
    return np.concatenate(
        [network.logits(rows.pixels[s : s + _ROWS_AT_ONCE]) for s in starts]
    )


def temperature(network: Network, rows: Dataset) -> float:
    """The temperature that makes confidence truest on held-out rows (Guo et al. 2017).

    It minimises the negative log-likelihood of the labels, smoothed by one row's worth
    of doubt (Platt 1999): few rows that are all right do not prove certainty.
    """
    # It takes half a second to load, which only a training should wait for.
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    n = logits(network, rows).astype(np.float64)
    doubt = 1 / (len(rows) + 1)
    targets = one_hot(rows.labels, n.dtype) * (1 - doubt) + doubt / 10

    def surprise(log_temperature: float) -> float:
        p = probabilities(n, float(np.exp(log_temperature)))
        return float(-(targets * np.log(np.maximum(p, 1e-300))).sum())

    best = minimize_scalar(surprise, bounds=(np.log(0.1), np.log(10)), method="bounded")
    return float(np.exp(best.x))
