"""Predictions: one for each row of pixels, as the network and its card say."""

from collections.abc import Callable

import numpy as np
import pytest

from model_store import Model, ModelStore
from model_store.network import probabilities
from service.serving.prediction import predict

PIXELS = np.random.default_rng(5).integers(0, 256, (7, 784), dtype=np.uint8)


def test_every_row_gets_its_own_prediction_in_order(
    store: ModelStore, publish: Callable[..., Model]
) -> None:
    model = publish(store, metrics={"temperature": 0.5})
    predictions = predict(model, PIXELS)
    outputs = model.network.outputs(PIXELS)
    certain = probabilities(model.network.logits(PIXELS), 0.5)
    assert [p.label for p in predictions] == outputs.argmax(axis=1).tolist()
    for row, prediction in enumerate(predictions):
        assert prediction.outputs == outputs[row].tolist()
        assert prediction.confidence == pytest.approx(certain[row, prediction.label])


def test_predictions_are_counted_each(
    store: ModelStore, publish: Callable[..., Model], grown: Callable[..., float]
) -> None:
    model = publish(store)
    labels = [prediction.label for prediction in predict(model, PIXELS)]
    for label in range(10):
        counted = grown("digits_predictions_total", label=label, model_version=1)
        assert counted == labels.count(label)
    assert grown("digits_prediction_confidence_count", model_version=1) == len(PIXELS)
