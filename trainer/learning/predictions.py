"""What a network says of rows whose labels are known, and how sure it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_store.network import Network
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import Evaluation, confidence, logits


@dataclass(frozen=True, eq=False)  # arrays do not compare to one bool
class Predictions:
    """What a network says of each row.

    Attributes:
        labels: (n,), the predicted label.
        confidence: (n,), 0 to 1, the calibrated probability of that label.
        truth: (n,), the true one.
    """

    labels: NDArray[np.intp]
    confidence: NDArray[np.float64]
    truth: NDArray[np.uint8]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each label is the true one, (n,)."""
        right: NDArray[np.bool_] = self.labels == self.truth
        return right

    @property
    def evaluation(self) -> Evaluation:
        """How many there are of each label and truth."""
        return Evaluation.of(self.truth, self.labels)

    @property
    def worst(self) -> NDArray[np.intp]:
        """The rows that are wrong, the surest first."""
        wrong = np.flatnonzero(~self.right)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]


def predict(network: Network, rows: Dataset, temperature: float | None) -> Predictions:
    """Predict every row.

    temperature: calibrates the confidence; None for a network that is not calibrated.
    """
    n = logits(network, rows).astype(np.float64)
    return Predictions(n.argmax(axis=1), confidence(n, temperature or 1.0), rows.labels)
