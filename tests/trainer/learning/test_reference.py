"""The reference for drift: labels, confidence and ink of the answers to the rows."""

import pytest

from tests.trainer.ten_pixels import answering, reading
from trainer.learning.predictions import predict
from trainer.learning.reference import reference_of


def test_reference_counts_each_row_once() -> None:
    rows = answering([1, 2, 2, 7], labels=[1, 2, 3, 7])
    found = reference_of(predict(reading(30), rows, None), rows)
    assert found.labels == (0, 1, 2, 0, 0, 0, 0, 1, 0, 0)
    assert found.label_ratios[2] == 0.5
    assert found.confidence.counts[-1] == 4
    assert found.confidence.total == pytest.approx(4)
    assert sum(found.ink.counts) == 4
    assert found.ink.total == pytest.approx(rows.pixels.mean(axis=1).sum() / 255)


def test_temperature_lowers_the_confidence_of_the_reference() -> None:
    rows = answering([1, 2], labels=[1, 2])
    answers = (predict(reading(3), rows, t) for t in (None, 3.0))
    sure, unsure = (reference_of(predictions, rows) for predictions in answers)
    assert unsure.confidence.total < sure.confidence.total
