"""Gives this process its share of the joules that the whole machine used."""

from collections.abc import Callable
from dataclasses import dataclass

from energy.sources.coefficients import IDLE_WATTS_PER_CPU, WATTS_PER_CPU

QUIET_LOAD = 0.1  # of the host; below it, what it draws is taken for its idle power,
QUIET_SELF = 0.05  # unless this process uses more of a CPU than this
QUIET_SECONDS = 0.5  # shorter spans are too coarse to learn from
TICK_SECONDS = 0.01  # the host's busy time is known to one clock tick


@dataclass(frozen=True)
class Interval:
    """What happened over a span: times in seconds, joules of the whole machine.

    `joules` is None if they could not be measured, `clean` is false if a part of
    them could not. `busy_seconds` are the host's CPU seconds, `cpu_seconds` ours.
    """

    seconds: float
    cpu_seconds: float
    busy_seconds: float | None
    joules: float | None
    clean: bool = True


@dataclass(frozen=True)
class Split:
    """An interval's joules: this process's, the idle machine's, and the rate.

    `joules_per_cpu_second` is what a CPU second of this process cost.
    """

    process_joules: float
    idle_joules: float
    joules_per_cpu_second: float


Attribution = Callable[[Interval], Split | None]


class ByCpuTime:
    """Splits measured joules: idle first, the rest by CPU time.

    Idle power is the lowest seen while the machine was quiet. Until it has been quiet
    once, each interval's joules are divided as published watts would be, idle CPUs
    against busy ones. (Dividing by CPU time alone, as Kepler does, makes idle power
    vanish under load; taking the lowest power at any load for idle would leave
    nothing for a program that works from start to end.)
    """

    def __init__(self, host_cpus: int, reserved_cpus: float) -> None:
        self._host_cpus = host_cpus
        self._own_part_of_idle = min(reserved_cpus / host_cpus, 1.0)
        self._idle_watts: float | None = None
        self._others = _Unclaimed()

    def __call__(self, interval: Interval) -> Split | None:
        """The split of one interval; None if its joules are unknown."""
        if interval.joules is None or interval.busy_seconds is None:
            return None
        told_busy = max(interval.busy_seconds, 0.0)
        busy = max(told_busy, interval.cpu_seconds, TICK_SECONDS)
        idle = self._idle_joules(interval, interval.joules, busy)
        rate = (interval.joules - idle) / busy
        own = rate * interval.cpu_seconds
        own += self._others.claim(interval.cpu_seconds - told_busy - TICK_SECONDS)
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
        """Whether idle power may be learnt; a counter that stands still is no source.

        One busy CPU is little load on a large machine, but if it is ours, its power
        must not be taken for idle.
        """
        return bool(
            interval.clean
            and interval.joules
            and interval.seconds >= QUIET_SECONDS
            and busy <= QUIET_LOAD * self._host_cpus * interval.seconds
            and interval.cpu_seconds <= QUIET_SELF * interval.seconds
        )


class _Unclaimed:
    """Joules that went to other processes, some of which may turn out to be ours.

    A child's CPU time arrives when it is waited for, perhaps after minutes: more CPU
    seconds than the host had in that interval. The excess is paid from what was
    left to others before, so that nothing is counted twice.
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
