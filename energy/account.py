"""Keeps the account of one process: from samples to joules and their rate."""

from dataclasses import dataclass

from energy.attribution import Attribution, Interval
from energy.clocks import Clocks
from energy.sources.source import Energy, Reading, Source


@dataclass(frozen=True)
class Moment:
    """What was read at one time; CPU times in seconds."""

    reading: Reading
    cpu_s: float
    busy_s: float | None


class Account:
    """Sums this process's joules since the account was opened.

    Samples gather into intervals of at least the source's `interval_s`; each interval
    is split once. `last` is the latest sample, `split_at` the end of the latest
    interval. `rate` is that interval's joules per CPU second, None before the first
    one and after one that could not be measured; `unmeasured` counts the latter. Not
    safe across threads.
    """

    def __init__(
        self, source: Source, attribution: Attribution, clocks: Clocks
    ) -> None:
        self._source, self._attribution, self._clocks = source, attribution, clocks
        self.process_joules = self.idle_joules = 0.0
        self.rate: float | None = None
        self.unmeasured = 0
        self._opened = self.last = self.split_at = self._now()
        self._energy = Energy()

    @property
    def sampled(self) -> bool:
        """Whether there was a sample since the account was opened."""
        return self.last is not self._opened

    def sample(self) -> Energy:
        """Read all; returns the energy of the whole machine since the last sample."""
        before, self.last = self.last, self._now()
        energy = self._source.between(before.reading, self.last.reading)
        self._energy += energy
        if self._gathered_s >= self._source.interval_s:
            self._end_interval()
        return energy

    def end_early(self) -> bool:
        """End an interval that is still short, if it holds joules; True if it did."""
        ends = bool(self._energy.total_joules)
        if ends:
            self._end_interval()
        return ends

    def joules_at(self, cpu_s: float) -> float:
        """The process's joules when its CPU clock stood at cpu_s, after `split_at`."""
        return self.process_joules + (cpu_s - self.split_at.cpu_s) * (self.rate or 0.0)

    def _now(self) -> Moment:
        return Moment(self._source.read(), self._clocks.cpu_s(), self._clocks.busy_s())

    @property
    def _gathered_s(self) -> float:
        return self.last.reading.at - self.split_at.reading.at

    def _end_interval(self) -> None:
        split = self._attribution(self._interval())
        self.rate = split.joules_per_cpu_second if split else None
        if split:
            self.process_joules += split.process_joules
            self.idle_joules += split.idle_joules
        else:
            self.unmeasured += 1
        self.split_at, self._energy = self.last, Energy()

    def _interval(self) -> Interval:
        first, last = self.split_at, self.last
        known = first.busy_s is not None and last.busy_s is not None
        return Interval(
            self._gathered_s,
            last.cpu_s - first.cpu_s,
            (last.busy_s or 0.0) - (first.busy_s or 0.0) if known else None,
            self._energy.total_joules,
            clean=not (self._energy.skipped or first.reading.lost),
        )
