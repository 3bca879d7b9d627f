"""What the model says of pixels: the label, the output vector, the confidence."""

from dataclasses import dataclass
from typing import Any

from model_store import Model
from model_store.network import Pixels, probabilities
from service import metrics
from service.metrics import labelled


@dataclass(frozen=True)
class Prediction:
    """One digit's answer.

    Attributes:
        label: the position of the largest output.
        outputs: the network's output vector as it is, 10 numbers.
        confidence: the calibrated probability of the label, 0 to 1.
    """

    label: int
    outputs: list[float]
    confidence: float

    def document(self) -> dict[str, Any]:
        """As the answer shows it."""
        return {
            "label": self.label,
            "outputs": self.outputs,
            "confidence": self.confidence,
        }


def predict(model: Model, pixels: Pixels) -> list[Prediction]:
    """One prediction for each row of pixels, (n, 784) uint8, and count them."""
    pre_outputs = model.network.pre_outputs(pixels)
    labels = pre_outputs.argmax(axis=1)
    outputs = model.network.activate_outputs(pre_outputs)
    calibrated = probabilities(pre_outputs, model.card.temperature)
    predictions = [
        Prediction(int(label), row.tolist(), float(p[label]))
        for label, row, p in zip(labels, outputs, calibrated, strict=True)
    ]
    for prediction in predictions:
        labelled(metrics.PREDICTIONS, prediction.label, model.version).inc()
        metrics.CONFIDENCE.observe(prediction.confidence)
    return predictions
