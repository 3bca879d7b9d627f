"""What a network answers to its test rows; a service compares its answers with it."""

import numpy as np

from model_store.reference import CONFIDENCE_BOUNDS, INK_BOUNDS, Reference, Shares
from trainer.data.dataset import Dataset
from trainer.learning.predictions import Predictions


def reference_of(answers: Predictions, rows: Dataset) -> Reference:
    """The labels, confidence and ink of the rows; it takes part in no decision."""
    ink = rows.pixels.mean(axis=1) / 255
    return Reference(
        labels=tuple(np.bincount(answers.labels, minlength=10).tolist()),
        confidence=Shares.of(answers.confidence.tolist(), CONFIDENCE_BOUNDS),
        ink=Shares.of(ink.tolist(), INK_BOUNDS),
    )
