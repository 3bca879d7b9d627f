"""Whether confidence means what it says: the reliability of predictions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BINS = 15


@dataclass(frozen=True)
class Reliability:
    """Predictions in bins of equal width by their confidence (Guo et al. 2017).

    Attributes:
        counts: (bins,), how many predictions fell in each bin.
        confidence: (bins,), their mean confidence, 0 to 1; 0 in an empty bin.
        accuracy: (bins,), the fraction of them that is right; 0 in an empty bin.
    """

    counts: NDArray[np.intp]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def expected_calibration_error(self) -> float:
        """The mean gap of a prediction between confidence and accuracy, 0 to 1."""
        gaps = self.counts * np.abs(self.accuracy - self.confidence)
        return float(gaps.sum() / self.counts.sum())


def reliability(
    confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_]
) -> Reliability:
    """Put predictions into 15 bins.

    confidence: (n,), 0 to 1, of the predicted label; right: (n,).
    """
    which = np.minimum((confidence * _BINS).astype(np.intp), _BINS - 1)
    counts = np.bincount(which, minlength=_BINS)
    rows = np.maximum(counts, 1)
    return Reliability(
        counts,
        np.bincount(which, confidence, _BINS) / rows,
        np.bincount(which, right, _BINS) / rows,
    )
