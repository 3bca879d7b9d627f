"""Joules estimated from CPU time where nothing can be measured.

An estimate ranks two programs on one machine; it is not a wattmeter, so each figure
has a low and a high bound.
"""

from dataclasses import dataclass

from energy.attribution import Interval, Split
from energy.clocks import Clocks
from energy.coefficients import HIGH_FACTOR, IDLE_WATTS_PER_CPU, LOW_FACTOR
from energy.sources.source import Energy, Reading, SourceInfo

_BUSY = "host_busy_us"


@dataclass(frozen=True)
class Estimate:
    """Each CPU of the host draws idle power, and `watts_per_cpu` more while it is busy.

    Its domain `cpu` is the whole host, from the host's busy time. This process gets its
    CPU seconds times `watts_per_cpu`.
    """

    watts_per_cpu: float
    clocks: Clocks
    interval_s: float = 0.0

    @property
    def info(self) -> SourceInfo:
        """The coefficients and the factors of the bounds."""
        coefficients = {
            "watts_per_cpu": self.watts_per_cpu,
            "idle_watts_per_cpu": IDLE_WATTS_PER_CPU,
            "low_factor": LOW_FACTOR,
            "high_factor": HIGH_FACTOR,
        }
        detail = (
            f"CPU seconds times {self.watts_per_cpu:g} W, right within a factor of 2"
        )
        return SourceInfo("estimate", "process", ("cpu",), detail, coefficients)

    def read(self) -> Reading:
        """The host's busy time, where the kernel shows it."""
        busy_s = self.clocks.busy_s()
        values = {} if busy_s is None else {_BUSY: round(busy_s * 1e6)}
        return Reading(self.clocks.wall_s(), values)

    def between(self, before: Reading, after: Reading) -> Energy:
        """The estimated joules of the whole host."""
        if _BUSY not in before.values or _BUSY not in after.values:
            return Energy()
        busy_s = max(after.values[_BUSY] - before.values[_BUSY], 0) / 1e6
        idle_watts = IDLE_WATTS_PER_CPU * self.clocks.host_cpus
        idle_joules = idle_watts * (after.at - before.at)
        return Energy({"cpu": busy_s * self.watts_per_cpu + idle_joules})

    def split(self, interval: Interval) -> Split:
        """CPU seconds times the watts; idle energy of the CPUs that it may use."""
        return Split(
            interval.cpu_seconds * self.watts_per_cpu,
            IDLE_WATTS_PER_CPU * self.clocks.usable_cpus * interval.seconds,
            self.watts_per_cpu,
        )
