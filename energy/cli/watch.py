"""Watts live: a tick each second, and the sums at the end."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from energy.cli.report import figure
from energy.meter import Meter
from energy.sources.source import Energy
from energy.tick import Tick

INTERVAL_S = 1.0


@dataclass
class Watched:
    """The sums over all ticks so far, by domain."""

    source: str
    seconds: float = 0.0
    energy: Energy = field(default_factory=Energy)

    def add(self, tick: Tick) -> None:
        """Add a tick to the sums."""
        self.seconds += tick.seconds
        self.energy += Energy(tick.domains, tick.wraps, tick.skipped)

    @property
    def watts(self) -> Mapping[str, float]:
        """Mean watts by domain."""
        return _watts(self.energy.joules, self.seconds)

    def line(self, tick: Tick) -> str:
        """The watts of a tick with their means so far, its wraps and skipped values."""
        means = self.watts
        parts = [
            f"{domain} {figure(now)} W (mean {figure(means[domain])} W)"
            for domain, now in _watts(tick.domains, tick.seconds).items()
        ]
        parts += [f"{tick.wraps} wrapped"] if tick.wraps else []
        parts += [f"{count} {reason}" for reason, count in tick.skipped.items()]
        return f"{self.seconds:6.1f} s  {self.source}  {'  '.join(parts)}"

    def to_dict(self) -> dict[str, Any]:
        """The sums, for JSON."""
        return {
            "source": self.source,
            "seconds": self.seconds,
            "joules": self.energy.joules,
            "watts": self.watts,
            "wraps": self.energy.wraps,
            "skipped": self.energy.skipped,
        }


def _watts(joules: Mapping[str, float], seconds: float) -> dict[str, float]:
    """Mean watts by domain; empty if no time has passed."""
    return {d: j / seconds for d, j in joules.items()} if seconds else {}


def ticks(meter: Meter, seconds: float | None) -> Iterator[Tick]:
    """A tick each second, for that many seconds; without end if that is None."""
    begin = time.monotonic()
    end = float("inf") if seconds is None else begin + seconds
    due = begin
    while due < end:
        due = min(due + INTERVAL_S, end)
        time.sleep(max(due - time.monotonic(), 0.0))
        yield meter.tick()
