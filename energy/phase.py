"""A phase of a program, such as loading or fitting: its time and its joules."""

from types import TracebackType
from typing import Protocol, Self


class PhaseMeter(Protocol):
    """What a phase needs of its meter."""

    def begin(self, phase: "Phase") -> tuple[float, float]:
        """Note that the phase is open; the wall and CPU clocks now."""

    def end(self, phase: "Phase") -> None:
        """Note that the phase was closed."""

    def clocks(self) -> tuple[float, float]:
        """The wall and CPU clocks now, in seconds."""

    def joules_of(self, phase: "Phase") -> float | None:
        """The joules of the phase up to now."""

    def bounds(self) -> tuple[float, float] | None:
        """The factors to an estimate's low and high bound; None if measured."""


class Phase:
    """A context manager that sums up its time and energy over all its entries.

    Every figure may be read at any time, inside the phase and after it. Where phases
    overlap, each counts all CPU time, since CPU time is known by process only.
    """

    def __init__(self, meter: PhaseMeter) -> None:
        self._meter = meter
        self._entered: tuple[float, float] | None = None
        self._seconds = self._cpu_s = self._attributed_cpu_s = 0.0
        self.attributed_joules: float | None = None

    def __enter__(self) -> Self:
        if self._entered:
            raise RuntimeError("this phase is open already")
        self._entered = self._meter.begin(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        wall_s, cpu_s = self._meter.clocks()
        self._seconds, self._cpu_s = self._seconds_at(wall_s), self.cpu_at(cpu_s)
        self._entered = None
        self._meter.end(self)

    def add(self, seconds: float, cpu_seconds: float, joules: float | None) -> None:
        """Add what an earlier process spent on the same work."""
        self._seconds += seconds
        self._cpu_s += cpu_seconds
        self._attributed_cpu_s += cpu_seconds
        if joules is not None:
            self.attributed_joules = (self.attributed_joules or 0.0) + joules

    @property
    def is_open(self) -> bool:
        """Whether the program is inside the phase."""
        return self._entered is not None

    @property
    def seconds(self) -> float:
        """Wall time, in seconds."""
        return self._seconds_at(self._meter.clocks()[0])

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of the process: all threads, and children once waited for."""
        return self.cpu_at(self._meter.clocks()[1])

    @property
    def joules(self) -> float | None:
        """The process's share of the dynamic energy; None if it is not known."""
        return self._meter.joules_of(self)

    @property
    def low_joules(self) -> float | None:
        """The low bound of an estimate; None for a measured figure."""
        return self._bound(0)

    @property
    def high_joules(self) -> float | None:
        """The high bound of an estimate; None for a measured figure."""
        return self._bound(1)

    def cpu_at(self, cpu_s: float) -> float:
        """The phase's CPU seconds when the process's CPU clock stands at cpu_s."""
        return self._cpu_s + (cpu_s - self._entered[1] if self._entered else 0.0)

    def attribute(self, cpu_s: float, joules_per_cpu_second: float | None) -> None:
        """Attribute joules to the CPU seconds until cpu_s; a rate of None: unknown."""
        cpu_seconds = self.unattributed_cpu_at(cpu_s)
        self._attributed_cpu_s += cpu_seconds
        if joules_per_cpu_second is not None:
            joules = cpu_seconds * joules_per_cpu_second
            self.attributed_joules = (self.attributed_joules or 0.0) + joules

    def unattributed_cpu_at(self, cpu_s: float) -> float:
        """The phase's CPU seconds until cpu_s that have no joules attributed yet."""
        return self.cpu_at(cpu_s) - self._attributed_cpu_s

    def _seconds_at(self, wall_s: float) -> float:
        return self._seconds + (wall_s - self._entered[0] if self._entered else 0.0)

    def _bound(self, which: int) -> float | None:
        bounds, joules = self._meter.bounds(), self.joules
        return None if bounds is None or joules is None else bounds[which] * joules
