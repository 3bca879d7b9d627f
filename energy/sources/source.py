"""A source of joules: what it reads, and the energy between two readings."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Reading:
    """What a source's files held at one moment.

    `at` is in seconds of the monotonic clock, which all processes of a boot share;
    `values` has one whole number a file, in the file's own unit; `lost` says why a
    file has no value. Two readings of different processes can be compared.
    """

    at: float
    values: Mapping[str, int]
    lost: Mapping[str, str] = field(default_factory=dict)


def added(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """The sums by key; a key of either is a key of the result."""
    return {key: one.get(key, 0.0) + other.get(key, 0.0) for key in {**one, **other}}


@dataclass(frozen=True)
class Energy:
    """What was measured between two readings: joules by domain, wraps, skipped values.

    A domain that could not be measured is absent, never 0.
    """

    joules: Mapping[str, float] = field(default_factory=dict)
    wraps: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_joules(self) -> float | None:
        """The sum over the domains; None if nothing was measured."""
        return sum(self.joules.values()) if self.joules else None

    def __add__(self, other: "Energy") -> "Energy":
        return Energy(
            added(self.joules, other.joules),
            self.wraps + other.wraps,
            dict(Counter(self.skipped) + Counter(other.skipped)),
        )


@dataclass(frozen=True)
class SourceInfo:
    """What a source measures, for people and for a model's metadata.

    `scope` is "machine" where counters see every process, "process" for an estimate.
    `coefficients` holds an estimate's watts and the factors of its bounds.
    """

    name: str
    scope: str
    domains: tuple[str, ...]
    detail: str
    coefficients: Mapping[str, float] = field(default_factory=dict)


class Source(Protocol):
    """One way to know joules. `read` never raises; see `Reading.lost`."""

    @property
    def info(self) -> SourceInfo:
        """What is measured, and where."""

    @property
    def interval_s(self) -> float:
        """The least span over which its figures mean something."""

    def read(self) -> Reading:
        """The state of all its files, now."""

    def between(self, before: Reading, after: Reading) -> Energy:
        """What was used between two readings; a pure function of both."""
