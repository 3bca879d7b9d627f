"""What a network makes of the test rows, for pages and programs to show."""

import base64
from collections import Counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import Dataset
from trainer.learning.predictions import Predictions

WORST: Final = 24
OF_EACH_PAIR: Final = 8


def results(rows: Dataset, predictions: Predictions) -> dict[str, Any]:
    """The content of a report's results.json.

    `right` holds a bit a row in base64, the first row's bit first; `mistakes` the worst
    ones, each with its 784 grey levels in base64; `more_mistakes` the worst of the rest
    for each pair of what is true and what was read.
    """
    worst = predictions.worst
    return {
        "test_file": rows.file,
        "test_rows": len(rows),
        "right": _base64(np.packbits(predictions.right)),
        "mistakes": _mistakes(rows, predictions, worst[:WORST]),
        "more_mistakes": _mistakes(
            rows, predictions, _of_each_pair(rows, predictions, worst[WORST:])
        ),
    }


def _of_each_pair(
    rows: Dataset, predictions: Predictions, chosen: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The first OF_EACH_PAIR of the chosen rows for each pair, in their order."""
    taken: Counter[tuple[int, int]] = Counter()
    kept = []
    for row in chosen:
        pair = int(rows.labels[row]), int(predictions.labels[row])
        taken[pair] += 1
        if taken[pair] <= OF_EACH_PAIR:
            kept.append(row)
    return np.array(kept, dtype=np.intp)


def _mistakes(
    rows: Dataset, predictions: Predictions, chosen: NDArray[np.intp]
) -> list[dict[str, Any]]:
    return [
        {
            "row": int(row),
            "truth": int(rows.labels[row]),
            "read": int(predictions.labels[row]),
            "confidence": float(predictions.confidence[row]),
            "pixels": _base64(rows.pixels[row]),
        }
        for row in chosen
    ]


def _base64(values: NDArray[np.uint8]) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
