"""What a version makes of its test rows, as the trainer left it beside its report."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.files.arrays import Refused, content_of
from model_store.place import StorePath

MOST_BYTES = 2**21
MOST_MISTAKES = 1000
WORST = 24


@dataclass(frozen=True)
class Mistake:
    """A test row that was read wrong.

    Attributes:
        row: its number in the test set, from 0.
        truth, read: digits.
        confidence: in what was read, 0 to 1.
        pixels: (784,), 0 to 255.
    """

    row: int
    truth: int
    read: int
    confidence: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)  # arrays do not compare to one bool
class Results:
    """Of each test row, if it is right; and pictures of rows that were read wrong.

    Attributes:
        mistakes: the WORST ones, the worst first; then some of each pair of what is
            true and what was read.
        right: (n,).
    """

    mistakes: list[Mistake]
    right: NDArray[np.bool_]

    @property
    def worst(self) -> list[Mistake]:
        """Those that it was surest of."""
        return self.mistakes[:WORST]

    def of_pair(self, truth: int, read: int) -> list[Mistake]:
        """Those where this was true and that was read."""
        return [it for it in self.mistakes if (it.truth, it.read) == (truth, read)]

    def that_is_right_in(self, other: "Results") -> list[Mistake]:
        """Those that the other reads right, on the same rows."""
        return [it for it in self.mistakes if other.right[it.row]]


def read_results(report: StorePath) -> Results | None:
    """The results in the directory of a report; None without them, or if broken."""
    try:
        found = json.loads(content_of(report / "results.json", MOST_BYTES))
        rows = int(found["test_rows"])
        bits = np.frombuffer(base64.b64decode(found["right"]), np.uint8)
        right = np.unpackbits(bits, count=rows).astype(bool)
        entries = [*found["mistakes"], *found.get("more_mistakes", [])]
        mistakes = [_mistake(entry, rows) for entry in entries[:MOST_MISTAKES]]
    except (OSError, Refused, ValueError, KeyError, TypeError, RecursionError):
        return None
    return Results(mistakes, right)


def _mistake(entry: dict[str, Any], rows: int) -> Mistake:
    pixels = np.frombuffer(base64.b64decode(entry["pixels"]), np.uint8)
    row, truth, read = (int(entry[name]) for name in ("row", "truth", "read"))
    if len(pixels) != 784 or not {truth, read} <= set(range(10)) or not 0 <= row < rows:
        raise ValueError(entry)
    return Mistake(row, truth, read, float(entry["confidence"]), pixels)


def paired(a: Results | None, b: Results | None) -> tuple[int, int] | None:
    """How many rows only a reads right, and how many only b; None if not comparable."""
    if a is None or b is None or len(a.right) != len(b.right):
        return None
    return int((a.right & ~b.right).sum()), int((b.right & ~a.right).sum())
