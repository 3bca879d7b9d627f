"""The panel: how likely the newest versions together think a label."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from feedback.corrections.records import NO_DIGIT
from model_store import Model, StoreError
from model_store.network import Pixels
from service.serving.catalog import Catalog
from service.serving.prediction import scorer

MEMBERS = 5


def panel_probability(models: Sequence[Model], pixels: Pixels, label: str) -> float:
    """The mean probability of the label for pixels (784,), 0 to 1.

    That of no digit is what the likeliest digit leaves.
    """
    scores = np.stack([scorer(model)(pixels[None])[0] for model in models])
    if label == NO_DIGIT:
        return float(1 - scores.max(axis=1).mean())
    return float(scores[:, int(label)].mean())


def panel(catalog: Catalog, versions: list[int]) -> list[Model]:
    """The newest valid ones of these versions, at most MEMBERS."""
    return list(islice(_valid(catalog, versions), MEMBERS))


def _valid(catalog: Catalog, versions: list[int]) -> Iterator[Model]:
    for version in reversed(versions):
        try:
            yield catalog.model(version)
        except StoreError:  # a broken one has no say
            continue
