"""What a load generator has seen: answers, failures, and when each of them came."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.load.answer import Answer
from benchmarks.load.questions import CheckedAnswer

_SWAP_S = 0.25  # this long before and after one, answers are called near it


@dataclass(frozen=True)
class Failure:
    """A request without an answer: when it was sent, and when that was known."""

    sent_at: float
    failed_at: float


@dataclass
class Tally:
    """The sums of a load; times are of time.monotonic().

    Attributes:
        seconds: how long it took, until the last answer.
        statuses: answers by status.
        predictions: right answers, and wrong ones that name a version, by label and
            version.
        wrong: what was answered with 200 and is not right.
        failures: requests whose connection ended before their answer.
        due_at, took: of each answer, when its request was to be sent and how long
            after that the answer was there; seconds.
        swaps: when a connection first answered from a newer version.
    """

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    predictions: Counter[tuple[int, int]] = field(default_factory=Counter)
    wrong: list[bytes] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    due_at: "array[float]" = field(default_factory=lambda: array("d"))
    took: "array[float]" = field(default_factory=lambda: array("d"))
    swaps: list[float] = field(default_factory=list)

    def count(self, answer: Answer, checked: CheckedAnswer) -> None:
        """Count an answer by what it says."""
        self.statuses[answer.status] += 1
        if checked.version:
            self.predictions[checked.label, checked.version] += 1
        if answer.status == 200 and not checked.right:
            self.wrong.append(answer.body)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds

    def latencies(self) -> "Latencies":
        """How long answers took, near a swap and away from any."""
        took, due_at = np.array(self.took), np.array(self.due_at)
        swaps = np.sort([-np.inf, *self.swaps, np.inf])
        following = swaps.searchsorted(due_at)
        to_next, since_last = swaps[following] - due_at, due_at - swaps[following - 1]
        near = np.minimum(to_next, since_last) <= _SWAP_S
        return Latencies(took, took[near], took[~near])


@dataclass(frozen=True, eq=False)
class Latencies:
    """Seconds that answers took: all, those near a swap of the model, the others."""

    all: NDArray[np.float64]
    near_swaps: NDArray[np.float64]
    away: NDArray[np.float64]


def percentile_ms(seconds: NDArray[np.float64], percent: float) -> float:
    """A percentile of them in milliseconds; NaN of none."""
    return float(np.percentile(seconds, percent)) * 1000 if len(seconds) else np.nan
