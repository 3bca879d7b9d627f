"""Shows watts live: a tick each second, and the sums at the end."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from energy.meter import Meter
from energy.sources.source import Energy
from energy.tick import Tick

INTERVAL_S = 1.0


@dataclass
class Watched:
    """All ticks of a watch together."""

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
        return watts(self.energy.joules, self.seconds)


def watts(joules: Mapping[str, float], seconds: float) -> dict[str, float]:
    """Mean watts by domain; none over no time at all."""
    return {d: j / seconds for d, j in joules.items()} if seconds else {}


def ticks(meter: Meter, seconds: float | None) -> Iterator[Tick]:
    """A tick each second, until the seconds are over; without end if that is None."""
    begin = time.monotonic()
    end = float("inf") if seconds is None else begin + seconds
    due = begin
    while due < end:
        due = min(due + INTERVAL_S, end)
        time.sleep(max(due - time.monotonic(), 0.0))
        yield meter.tick()
