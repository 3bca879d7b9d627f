"""The reference for drift: how a version reads the digits that it was tested with.

A service compares with it what people send. The bounds are those of the service's
histograms, so that shares below each bound can be compared as they are.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

CONFIDENCE_BOUNDS: Final = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)
# Ink is the mean of a picture's pixels, 0 to 1; MNIST's digits have 0.02 to 0.35.
INK_BOUNDS: Final = (0.03, 0.06, 0.08, 0.1, 0.12, 0.14, 0.17, 0.2, 0.25, 0.35, 0.5, 1.0)


@dataclass(frozen=True)
class Shares:
    """A histogram: how many values are at most each bound but over the one before."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    total: float

    @classmethod
    def of(cls, values: Sequence[float], bounds: tuple[float, ...]) -> "Shares":
        """The histogram of values of at most the last bound."""
        counts = [0] * len(bounds)
        for value in values:
            counts[min(bisect_left(bounds, value), len(bounds) - 1)] += 1
        return cls(bounds, tuple(counts), float(sum(values)))

    @property
    def cumulative(self) -> list[int]:
        """How many values are at most each bound."""
        return list(accumulate(self.counts))

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it."""
        return {"le": self.bounds, "counts": self.counts, "sum": self.total}

    @classmethod
    def parse(cls, document: Any) -> "Shares":
        """What a metadata says. Raises TypeError, ValueError, LookupError."""
        bounds = tuple(map(float, document["le"]))
        counts = tuple(map(int, document["counts"]))
        if len(bounds) != len(counts) or sorted(bounds) != list(bounds):
            raise ValueError(document)
        return cls(bounds, counts, float(document["sum"]))


@dataclass(frozen=True)
class Reference:
    """What the answers to the test rows were.

    Attributes:
        labels: how many rows were read as each digit, 0 to 9.
        confidence, ink: of the answers, and of the rows.
    """

    labels: tuple[int, ...]
    confidence: Shares
    ink: Shares

    @property
    def label_ratios(self) -> list[float]:
        """The share of each digit among the answers; they add up to 1."""
        return [count / sum(self.labels) for count in self.labels]

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it."""
        return {
            "labels": self.labels,
            "confidence": self.confidence.to_dict(),
            "ink": self.ink.to_dict(),
        }

    @classmethod
    def of_metrics(cls, metrics: Mapping[str, Any]) -> "Reference | None":
        """That of a card's metrics; None if it has none that can be used."""
        try:
            document = metrics["reference"]
            labels = tuple(map(int, document["labels"]))
            if len(labels) != 10 or min(labels) < 0 or not sum(labels):
                return None
            return cls(
                labels,
                Shares.parse(document["confidence"]),
                Shares.parse(document["ink"]),
            )
        except (TypeError, ValueError, LookupError, OverflowError):
            return None
