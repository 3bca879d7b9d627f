"""Chooses the source of joules once, and says why the others were not chosen."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from energy.attribution import ByCpuTime, Interval
from energy.clocks import Clocks, system_clocks
from energy.errors import SourceUnavailable
from energy.meter import Meter
from energy.settings import SOURCES, EnergySettings
from energy.sources.battery import open_battery
from energy.sources.estimate import Estimate
from energy.sources.hwmon import open_hwmon
from energy.sources.rapl import open_rapl
from energy.sources.source import Energy, Reading, Source, SourceInfo

log = logging.getLogger(__name__)

_OPENERS: dict[str, Callable[[EnergySettings, Clocks], Source]] = {
    "rapl": lambda settings, clocks: open_rapl(settings.powercap_root, clocks.wall_s),
    "battery": lambda settings, clocks: open_battery(
        settings.power_supply_root, clocks.wall_s
    ),
    "hwmon": lambda settings, clocks: open_hwmon(settings.hwmon_root, clocks.wall_s),
}


@dataclass(frozen=True)
class Nothing:
    """The source `none`: time is measured, every figure in joules is absent."""

    wall_s: Callable[[], float]
    interval_s: float = 0.0

    @property
    def info(self) -> SourceInfo:
        """The name `none`, and no domain."""
        return SourceInfo("none", "nothing", (), "switched off")

    def read(self) -> Reading:
        """Only the time."""
        return Reading(self.wall_s(), {})

    def between(self, before: Reading, after: Reading) -> Energy:
        """No joules."""
        return Energy()

    def split(self, interval: Interval) -> None:
        """No joules."""


@dataclass(frozen=True)
class Candidate:
    """A source: what it measures if it is there, else the reason why it is not."""

    name: str
    info: SourceInfo | None
    reason: str | None


def open_meter(settings: EnergySettings, clocks: Clocks | None = None) -> Meter:
    """The meter for these settings; `clocks` None means the system's.

    Raises `SourceUnavailable` if the settings name a source that is not there.
    """
    clocks = clocks or system_clocks()
    if settings.source == "auto":
        meter = next(_meters(settings, clocks))
    else:
        meter = _open(settings.source, settings, clocks)
    log.info("energy source %s: %s", meter.info.name, meter.info.detail)
    return meter


def candidates(settings: EnergySettings) -> list[Candidate]:
    """Every source, in the order in which `auto` tries them."""
    return [_candidate(name, settings, system_clocks()) for name in SOURCES]


def _meters(settings: EnergySettings, clocks: Clocks) -> Iterator[Meter]:
    for name in SOURCES:
        try:
            yield _open(name, settings, clocks)
        except SourceUnavailable as error:
            log.debug("%s", error)


def _candidate(name: str, settings: EnergySettings, clocks: Clocks) -> Candidate:
    try:
        return Candidate(name, _open(name, settings, clocks).info, None)
    except SourceUnavailable as error:
        return Candidate(name, None, error.reason)


def _open(name: str, settings: EnergySettings, clocks: Clocks) -> Meter:
    # Neither splits by the host's busy time; to read it is most of a tick's cost.
    own_only = replace(clocks, busy_s=lambda: None)
    if name == "none":
        nothing = Nothing(clocks.wall_s)
        return Meter(nothing, nothing.split, own_only)
    if name == "estimate":
        estimate = Estimate(settings.watts_per_cpu, clocks)
        return Meter(estimate, estimate.split, own_only)
    by_cpu_time = ByCpuTime(clocks.host_cpus, clocks.usable_cpus)
    return Meter(_OPENERS[name](settings, clocks), by_cpu_time, clocks)
