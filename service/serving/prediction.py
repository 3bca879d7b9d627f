"""A model's prediction for pixels: the label, the output vector, the confidence."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model_store import Model
from model_store.network import Floats, Pixels, probabilities
from service.telemetry import metrics
from service.telemetry.metrics import labelled
from service.telemetry.version_series import version_label

# Below this confidence it is more likely that there is no digit, or another.
PROBABLE = 0.5
# How well a model must tell digits from what is none (AUROC, of its metadata) for its
# low confidence to mean that there is no digit.
HONEST = 0.95


class Prediction(NamedTuple):  # a frozen dataclass takes four times as long to make
    """One digit's answer.

    Attributes:
        label: the position of the largest output.
        outputs: the network's output vector as it is, 10 numbers.
        confidence: the probability that the label is right, 0 to 1, if the model is
            calibrated; else its normalised output.
    """

    label: int
    outputs: list[float]
    confidence: float

    @property
    def is_digit(self) -> bool:
        """Whether the pixels show a digit rather than anything else."""
        return self.confidence >= PROBABLE

    def to_dict(self) -> dict[str, Any]:
        """The prediction for JSON."""
        return {
            "label": self.label,
            "outputs": self.outputs,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, eq=False)  # arrays do not compare to one bool
class Predictions:
    """The answers for n rows of pixels, as arrays; iterating gives each Prediction.

    Attributes:
        labels: (n,), the position of the largest output.
        outputs: (n, 10) float32, the network's output vectors as they are.
        confidences: (n,), of each label, 0 to 1.
    """

    labels: NDArray[np.intp]
    outputs: Floats
    confidences: Floats

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Prediction]:
        columns = self.labels, self.outputs, self.confidences
        return map(Prediction, *(column.tolist() for column in columns))


def predict(
    model: Model,
    pixels: Pixels,
    certainty: Sequence[float] | float = 1.0,
    counted: bool = True,
) -> Predictions:
    """Predict each row of pixels, (n, 784) of 0 to 255, and count the predictions.

    certainty: by what each confidence is lowered for what a picture holds besides the
    digit, 0 to 1.
    counted: False for drawings that are not finished, which say nothing of the digits
    that people send.
    """
    logits = model.network.logits(pixels)
    likely = probabilities(logits, model.card.temperature)
    predictions = Predictions(
        labels=logits.argmax(axis=1),
        outputs=model.network.activate_outputs(logits),
        # the label's, as softmax keeps the order
        confidences=likely.max(axis=1) * np.asarray(certainty, dtype=likely.dtype),
    )
    if counted:
        _count(predictions, pixels, version_label(model.version))
    return predictions


def scorer(model: Model) -> Callable[[Pixels], Floats]:
    """The model's probabilities (n, 10) for pixels (n, 784), which are not counted."""
    network, temperature = model.network, model.card.temperature
    return lambda pixels: probabilities(network.logits(pixels), temperature)


def least_of_digits(model: Model) -> float:
    """The probability from which on a sign is a digit; 0 if the model cannot tell."""
    non_digits = model.card.metrics.get("non_digits") or {}
    return PROBABLE if non_digits.get("auroc", 0) >= HONEST else 0.0


def _count(predictions: Predictions, pixels: Pixels, version: str) -> None:
    for label, times in Counter(predictions.labels.tolist()).items():
        labelled(metrics.PREDICTIONS, label, version).inc(times)
    confidence = labelled(metrics.CONFIDENCE, version)
    confidence.observe_all(predictions.confidences.tolist())
    metrics.INK.observe_all((pixels.sum(axis=1) / (255 * pixels.shape[1])).tolist())
