"""Chooses the source of joules once, and says why the others are not it."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from energy.attribution import ByCpuTime
from energy.clocks import Clocks, system_clocks
from energy.errors import SourceUnavailable
from energy.meter import Meter
from energy.settings import SOURCES, EnergySettings
from energy.sources.battery import open_battery
from energy.sources.estimate import Estimate
from energy.sources.hwmon import open_hwmon
from energy.sources.nothing import Nothing
from energy.sources.rapl import open_rapl
from energy.sources.source import Source, SourceInfo

log = logging.getLogger(__name__)

_OPENERS: dict[str, Callable[[EnergySettings, Clocks], Source]] = {
    "rapl": lambda settings, clocks: open_rapl(settings.powercap_root, clocks.wall_s),
    "battery": lambda settings, clocks: open_battery(
        settings.power_supply_root, clocks.wall_s
    ),
    "hwmon": lambda settings, clocks: open_hwmon(settings.hwmon_root, clocks.wall_s),
}


@dataclass(frozen=True)
class Candidate:
    """A source: what it measures if it is there, else the reason why it is not."""

    name: str
    info: SourceInfo | None
    reason: str | None


def open_meter(settings: EnergySettings, clocks: Clocks | None = None) -> Meter:
    """The meter for these settings; `clocks` None means the system's.

    Raises `SourceUnavailable` if a certain source was asked for and is not there.
    """
    clocks = clocks or system_clocks()
    if settings.source == "auto":
        meter = next(_meters(settings, clocks))
    else:
        meter = _open(settings.source, settings, clocks)
    log.info("energy source %s: %s", meter.info.name, meter.info.detail)
    return meter


def candidates(settings: EnergySettings) -> list[Candidate]:
    """Every source in the order in which auto tries them."""
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
    alone = replace(clocks, busy_s=_unknown)  # the share of others is no matter
    if name == "none":
        nothing = Nothing(clocks.wall_s)
        return Meter(nothing, nothing.split, alone)
    if name == "estimate":
        estimate = Estimate(settings.watts_per_cpu, clocks)
        return Meter(estimate, estimate.split, alone)
    by_cpu_time = ByCpuTime(clocks.host_cpus, clocks.reserved_cpus)
    return Meter(_OPENERS[name](settings, clocks), by_cpu_time, clocks)


def _unknown() -> None:
    """No busy time: reading the host's costs more than all the rest of a tick."""
