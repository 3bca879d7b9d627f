"""The meter: joules of this process by phase or by tick, from the chosen source.

A phase or a request is shorter than a counter's update, so neither reads a counter.
Its exact CPU seconds are multiplied by the rate (joules per CPU second) of the interval
in which it used them; an interval lies between two samples.
"""

import threading

from energy.account import Account
from energy.attribution import Attribution
from energy.clocks import Clocks
from energy.phase import Phase
from energy.sources.source import Energy, Reading, Source, SourceInfo
from energy.tick import Tick, Ticker

FRESH_S = 0.1  # a phase begins or ends without a new sample if one is this young
SAMPLE_S = 1.0  # while a phase is open: a 65 kJ counter wraps in 65 s at 1 kW


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
        self._sampler: threading.Thread | None = None
        self._unattributed: set[Phase] = set()
        self._ticker = Ticker(self._account)

    @property
    def info(self) -> SourceInfo:
        """What the source measures: scope, domains, an estimate's coefficients."""
        return self._source.info

    @property
    def source(self) -> str | None:
        """The label of every figure: rapl, battery, hwmon or estimate; else None."""
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
            self._unattributed.add(phase)
            self._ensure_sampling()
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
                self._force_rate()
            rate = self._account.rate
            if rate is None:
                return phase.attributed_joules
            unattributed = phase.unattributed_cpu_at(self._clocks.cpu_s())
            return (phase.attributed_joules or 0.0) + unattributed * rate

    def bounds(self) -> tuple[float, float] | None:
        """The factors to an estimate's low and high bound; None if measured."""
        factors = self.info.coefficients
        return (factors["low_factor"], factors["high_factor"]) if factors else None

    def _refresh(self) -> None:
        age_s = self._clocks.wall_s() - self._account.last.reading.at
        if age_s >= FRESH_S:
            self._sample()

    def _force_rate(self) -> None:
        """Get a rate from a first sample, or from an interval that is still short."""
        if not self._account.sampled:
            self._sample()
        if self._account.end_early():
            self._attribute_to_phases()

    def _sample(self) -> None:
        before = self._account.split_at
        self._ticker.gather(self._account.sample())
        if self._account.split_at is not before:
            self._attribute_to_phases()

    def _attribute_to_phases(self) -> None:
        for phase in self._unattributed:
            phase.attribute(self._account.split_at.cpu_s, self._account.rate)
        self._unattributed = {p for p in self._unattributed if p.is_open}

    def _ensure_sampling(self) -> None:
        """Sample in the background unless that runs (after a fork it does not)."""
        if self._sampler is None or not self._sampler.is_alive():
            self._sampler = threading.Thread(
                target=self._sample_while_open, name="energy-sampler", daemon=True
            )
            self._sampler.start()

    def _sample_while_open(self) -> None:
        """Sample now and then, so that no counter wraps unseen in a long phase."""
        pause = threading.Event()
        while not pause.wait(SAMPLE_S):
            with self._lock:
                self._sample()
                if not any(phase.is_open for phase in self._unattributed):
                    self._sampler = None
                    return
