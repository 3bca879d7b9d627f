"""How good a network is: scorecards, the confusion matrix, accuracy and cost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model_store.backprop import Loss
from model_store.network import Floats, Network, Pixels, probabilities
from trainer.data.dataset import Dataset, one_hot

NO_PICTURES: Final = np.zeros((0, 784), np.uint8)
_LEAST = 1e-12  # a doubt that a float can tell from none
_ROWS_AT_ONCE = 500  # more would not fit into the cache


@dataclass(frozen=True)
class Evaluation:
    """What a network makes of a set of digits.

    Attributes:
        confusion: (10, 10), rows the true label, columns the predicted one; all ten
            labels whether or not they occur in the set.
    """

    confusion: NDArray[np.int64]

    @classmethod
    def of(cls, true: NDArray[Any], predicted: NDArray[np.intp]) -> "Evaluation":
        """Count the rows of each true and predicted label, (n,) both."""
        confusion = np.zeros((10, 10), np.intp)
        np.add.at(confusion, (true, predicted), 1)
        return cls(confusion)

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
    return Evaluation.of(rows.labels, logits(network, rows).argmax(axis=1))


def cost(
    network: Network, rows: Dataset, loss: Loss, at_once: Callable[..., Any] = map
) -> float:
    """The notes' cost: the loss summed over the rows.

    at_once: a map that may do several batches at the same time.
    It is infinite once a logit is, even where a sigmoid output still is not.
    """
    n = logits(network, rows, at_once)
    if not np.isfinite(n).all():
        return float("inf")
    outputs = network.activate_outputs(n)
    return loss.total(outputs, one_hot(rows.labels, outputs.dtype))


def logits(
    network: Network, rows: Dataset, at_once: Callable[..., Any] = map
) -> Floats:
    """The logits of every row, (n, 10), in small batches."""
    starts = range(0, len(rows), _ROWS_AT_ONCE)
    batches = [rows.pixels[start : start + _ROWS_AT_ONCE] for start in starts]
    return np.concatenate([*at_once(network.logits, batches)])


def temperature(
    network: Network, rows: Dataset, non_digits: Pixels = NO_PICTURES
) -> float:
    """The temperature that makes confidence truest on held-out pictures.

    Confidence is the probability that the label is right. It is never right for one of
    the non-digits, (m, 784). The temperature (Guo et al. 2017) minimises the log loss
    of confidence against being right, smoothed by one row's worth of doubt (Platt
    1999): few rows that are all right do not prove certainty.
    """
    # It takes half a second to load, which only a training should wait for.
    from scipy.optimize import minimize_scalar  # noqa: PLC0415

    n = np.concatenate([logits(network, rows), network.logits(non_digits)])
    right = np.zeros(len(n))
    right[: len(rows)] = n[: len(rows)].argmax(axis=1) == rows.labels
    doubt = 1 / (len(n) + 1)
    right = np.clip(right, doubt, 1 - doubt)

    def surprise(log_temperature: float) -> float:
        sure = confidence(n, float(np.exp(log_temperature)))
        unsure = np.maximum(1 - sure, _LEAST)
        return float(-(right * np.log(sure) + (1 - right) * np.log(unsure)).sum())

    best = minimize_scalar(surprise, bounds=(np.log(0.1), np.log(10)), method="bounded")
    return float(np.exp(best.x))


def confidence(logits: Floats, temperature: float) -> NDArray[np.float64]:
    """The calibrated probability of the likeliest label, (n,), for (n, 10) logits."""
    p = probabilities(logits.astype(np.float64), temperature)
    likeliest: NDArray[np.float64] = p.max(axis=1)
    return likeliest
