"""Gives this process its share of the joules that the whole machine used."""

from collections.abc import Callable
from dataclasses import dataclass

from energy.coefficients import IDLE_WATTS_PER_CPU, WATTS_PER_CPU

QUIET_LOAD = 0.1  # busy CPUs as a part of the host's; up to it, power counts as idle
QUIET_SELF = 0.05  # CPU seconds of this process per second; above it, it does not
QUIET_SECONDS = 0.5  # shorter spans are too coarse to learn from
TICK_SECONDS = 0.01  # the resolution of the host's busy time


@dataclass(frozen=True)
class Interval:
    """A span of time, in seconds, and the joules of the whole machine in it.

    `joules` is None if they could not be measured; `clean` is false if a part of them
    could not. `busy_seconds` are the CPU seconds of all the host's processes,
    `cpu_seconds` those of this one.
    """

    seconds: float
    cpu_seconds: float
    busy_seconds: float | None
    joules: float | None
    clean: bool = True


@dataclass(frozen=True)
class Split:
    """An interval's joules: this process's dynamic ones, its idle ones, and the rate.

    `joules_per_cpu_second` is what a CPU second of this process cost.
    """

    process_joules: float
    idle_joules: float
    joules_per_cpu_second: float


Attribution = Callable[[Interval], Split | None]


class ByCpuTime:
    """Splits measured joules: idle energy first, the rest by CPU time.

    Idle power is the lowest power seen while the machine was quiet. Until it has been
    quiet once, joules are split in the ratio of the published watts of idle and busy
    CPUs. (To split by CPU time alone, as Kepler does, makes idle power vanish under
    load. To take the lowest power at any load for idle power would leave nothing for a
    program that works from start to end.)
    """

    def __init__(self, host_cpus: int, usable_cpus: float) -> None:
        self._host_cpus = host_cpus
        self._own_part_of_idle = min(usable_cpus / host_cpus, 1.0)
        self._idle_watts: float | None = None
        self._others = _Unclaimed()

    def __call__(self, interval: Interval) -> Split | None:
        """The split of one interval; None if its joules are unknown."""
        if interval.joules is None or interval.busy_seconds is None:
            return None
        reported_busy = max(interval.busy_seconds, 0.0)
        busy = max(reported_busy, interval.cpu_seconds, TICK_SECONDS)
        idle = self._idle_joules(interval, interval.joules, busy)
        rate = (interval.joules - idle) / busy
        own = rate * interval.cpu_seconds
        own += self._others.claim(interval.cpu_seconds - reported_busy - TICK_SECONDS)
        self._others.add(rate, busy - interval.cpu_seconds)
        cpu = interval.cpu_seconds
        return Split(own, idle * self._own_part_of_idle, own / cpu if cpu else rate)

    def _idle_joules(self, interval: Interval, joules: float, busy: float) -> float:
        if self._is_quiet(interval, busy):
            watts = joules / interval.seconds
            known = watts if self._idle_watts is None else self._idle_watts
            self._idle_watts = min(watts, known)
        if self._idle_watts is not None:
            return min(self._idle_watts * interval.seconds, joules)
        idle = IDLE_WATTS_PER_CPU * self._host_cpus * interval.seconds
        return joules * idle / (idle + WATTS_PER_CPU * busy)

    def _is_quiet(self, interval: Interval, busy: float) -> bool:
        """Whether the interval's power may be taken for idle power.

        Not if the counter did not move. Nor if this process is busy: one CPU is little
        load on a large machine, but its power is not idle power.
        """
        return bool(
            interval.clean
            and interval.joules
            and interval.seconds >= QUIET_SECONDS
            and busy <= QUIET_LOAD * self._host_cpus * interval.seconds
            and interval.cpu_seconds <= QUIET_SELF * interval.seconds
        )


class _Unclaimed:
    """Joules given to other processes, some of which may turn out to be this one's.

    A child's CPU time arrives when it is waited for, perhaps after minutes: more CPU
    seconds than the host had in that interval. The joules of the excess are taken back
    from those that others got before, so that nothing is counted twice.
    """

    def __init__(self) -> None:
        self._joules = 0.0
        self._seconds = 0.0

    def add(self, rate: float, seconds: float) -> None:
        self._joules += rate * seconds
        self._seconds += seconds

    def claim(self, seconds: float) -> float:
        if seconds <= 0 or self._seconds <= 0:
            return 0.0
        part = min(seconds / self._seconds, 1.0)
        joules = self._joules * part
        self._joules -= joules
        self._seconds -= self._seconds * part
        return joules
