"""What a network answers to its test rows; a service compares its answers with it."""

import numpy as np

from model_store import Network
from model_store.reference import CONFIDENCE_BOUNDS, INK_BOUNDS, Reference, Shares
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import confidence, logits


def reference_of(
    network: Network, rows: Dataset, temperature: float | None
) -> Reference:
    """The labels, confidence and ink of the rows; it takes part in no decision.

    temperature: None for a network that is not calibrated.
    """
    answers = logits(network, rows)
    counts = np.bincount(answers.argmax(axis=1), minlength=10)
    sure = confidence(answers, temperature or 1.0)
    ink = rows.pixels.mean(axis=1) / 255
    return Reference(
        labels=tuple(counts.tolist()),
        confidence=Shares.of(sure.tolist(), CONFIDENCE_BOUNDS),
        ink=Shares.of(ink.tolist(), INK_BOUNDS),
    )
