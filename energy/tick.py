"""A tick: what happened in about a second, between two calls of `Meter.tick`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from energy.account import Account
from energy.sources.source import Energy, Reading

NODE_DOMAINS = ("package", "dram")


def of_node(joules: Mapping[str, float]) -> dict[str, float]:
    """The joules of RAPL's domains; empty for every other source."""
    return {domain: joules[domain] for domain in NODE_DOMAINS if domain in joules}


@dataclass(frozen=True)
class Tick:
    """What happened since the tick before.

    `joules` is this process's dynamic share. It is None without a source, and while
    the source has no figure yet or has just lost it; `joules_per_cpu_second` is NaN
    then. `idle_joules` is the idle energy of the CPUs that this process may use: all
    workers on a node see the same, so only one of them counts it. `domains` holds the
    joules of the whole machine by domain, `reading` the raw counters at the end.
    `unmeasured`: an interval of the source ended without a figure, so that what was
    used in it will never be known.
    """

    seconds: float
    cpu_seconds: float
    joules: float | None
    joules_per_cpu_second: float
    idle_joules: float | None
    domains: Mapping[str, float]
    wraps: int
    skipped: Mapping[str, int]
    reading: Reading
    unmeasured: bool = False


class Ticker:
    """Splits an account into ticks; what is not yet known goes into a later tick."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._last = account.last
        self._energy = Energy()
        self._ticked_joules = self._ticked_idle = 0.0
        self._unmeasured = 0

    def gather(self, energy: Energy) -> None:
        """Add what a sample measured."""
        self._energy += energy

    def tick(self) -> Tick:
        """What was gathered since the last call."""
        account, before, energy = self._account, self._last, self._energy
        self._last, self._energy = account.last, Energy()
        known = account.rate is not None
        unmeasured = account.unmeasured - self._unmeasured
        self._unmeasured = account.unmeasured
        return Tick(
            seconds=account.last.reading.at - before.reading.at,
            cpu_seconds=account.last.cpu_s - before.cpu_s,
            joules=self._new_joules() if known else None,
            joules_per_cpu_second=math.nan if account.rate is None else account.rate,
            idle_joules=self._new_idle_joules() if known else None,
            domains=energy.joules,
            wraps=energy.wraps,
            skipped=energy.skipped,
            reading=account.last.reading,
            unmeasured=unmeasured > 0,
        )

    def _new_joules(self) -> float:
        now = self._account.joules_at(self._account.last.cpu_s)
        # A later interval may correct the sum downwards; a counter must not go back.
        joules = max(now - self._ticked_joules, 0.0)
        self._ticked_joules += joules
        return joules

    def _new_idle_joules(self) -> float:
        joules = self._account.idle_joules - self._ticked_idle
        self._ticked_idle = self._account.idle_joules
        return joules
