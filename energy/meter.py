"""The meter: joules of this process by phase or by tick, from the source that is there.

A phase or a request is shorter than any counter's update, so neither reads a counter.
Each pays for its exact CPU seconds at the rate (joules per CPU second) of the interval
in which it used them; the intervals lie between samples.
"""

import threading

from energy.account import Account
from energy.attribution import Attribution
from energy.clocks import Clocks
from energy.phase import Phase
from energy.sampler import Sampler
from energy.sources.source import Energy, Reading, Source, SourceInfo
from energy.tick import Tick, Ticker

FRESH_S = 0.1  # a phase takes a sample as young as this for the present


class Meter:
    """Measures the process that opened it. Its methods may be called from any thread.

    `open_meter` makes one.
    """

    def __init__(
        self, source: Source, attribution: Attribution, clocks: Clocks
    ) -> None:
        self._source, self._clocks = source, clocks
        self._lock = threading.RLock()
        self._account = Account(source, attribution, clocks)
        self._sampler = Sampler(self._sample_while_open, self._lock)
        self._unpaid: set[Phase] = set()
        self._ticker = Ticker(self._account)

    @property
    def info(self) -> SourceInfo:
        """What is measured: scope, domains, an estimate's coefficients."""
        return self._source.info

    @property
    def source(self) -> str | None:
        """rapl, battery, hwmon or estimate, the label of every figure; None: none."""
        return None if self.info.name == "none" else self.info.name

    def measure(self) -> Phase:
        """A phase of this process, to be entered with `with`, once or many times."""
        return Phase(self)

    def tick(self) -> Tick:
        """What happened since the last tick; a service calls it every second."""
        with self._lock:
            self._sample()
            return self._ticker.tick()

    def between(self, before: Reading, after: Reading) -> Energy:
        """The energy between two raw readings, perhaps of different processes."""
        return self._source.between(before, after)

    # What follows is for Phase.

    def begin(self, phase: Phase) -> tuple[float, float]:
        """Note that the phase is open; the wall and CPU clocks now."""
        with self._lock:
            self._refresh()
            self._unpaid.add(phase)
            self._sampler.ensure_running()
        return self.clocks()

    def end(self, phase: Phase) -> None:
        """Note that the phase was closed."""
        with self._lock:
            self._refresh()

    def clocks(self) -> tuple[float, float]:
        """The wall and CPU clocks now, in seconds."""
        return self._clocks.wall_s(), self._clocks.cpu_s()

    def joules_of(self, phase: Phase) -> float | None:
        """The joules of the phase up to now; None if nothing of it is known."""
        with self._lock:
            self._refresh()
            if self._account.rate is None:
                self._make_do()
            rate = self._account.rate
            if rate is None:
                return phase.settled_joules
            unsettled = phase.unsettled_cpu_at(self._clocks.cpu_s())
            return (phase.settled_joules or 0.0) + unsettled * rate

    def bounds(self) -> tuple[float, float] | None:
        """The factors to an estimate's low and high bound; None if measured."""
        factors = self.info.coefficients
        return (factors["low_factor"], factors["high_factor"]) if factors else None

    def _refresh(self) -> None:
        age_s = self._clocks.wall_s() - self._account.last.reading.at
        if age_s >= FRESH_S:
            self._sample()

    def _make_do(self) -> None:
        """Take what there is for a figure: a first sample, an interval still short."""
        if not self._account.sampled:
            self._sample()
        if self._account.end_early():
            self._settle_phases()

    def _sample(self) -> None:
        before = self._account.split_at
        self._ticker.gather(self._account.sample())
        if self._account.split_at is not before:
            self._settle_phases()

    def _settle_phases(self) -> None:
        for phase in self._unpaid:
            phase.settle(self._account.split_at.cpu_s, self._account.rate)
        self._unpaid = {phase for phase in self._unpaid if phase.is_open}

    def _sample_while_open(self) -> bool:
        """Sample, and tell whether any phase still needs it."""
        self._sample()
        return any(phase.is_open for phase in self._unpaid)
