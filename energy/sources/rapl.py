"""Joules from the processor's own counters (RAPL), read through Linux's powercap."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from energy.errors import SourceUnavailable
from energy.sources.counter import Step, step
from energy.sources.powercap import DEFAULT_ROOTS, PACKAGE, Zone, zones_to_count
from energy.sources.source import Energy, Reading, SourceInfo, added
from energy.sources.sysfs import MALFORMED, read_into

MIRROR_UJ = 1_000_000  # dies that mirror one counter are read at different moments


@dataclass(frozen=True)
class Rapl:
    """Package and DRAM counters of all sockets; `ranges` is where each one wraps."""

    root: Path
    ranges: Mapping[Zone, int]
    wall_s: Callable[[], float]
    interval_s: float = 0.0

    @property
    def info(self) -> SourceInfo:
        """The domains that are summed, and the zones they come from."""
        domains = tuple(sorted({str(z.domain) for z in self.ranges}, reverse=True))
        zones = ", ".join(z.path.name for z in self.ranges)
        return SourceInfo("rapl", "machine", domains, f"{zones} in {self.root}")

    def read(self) -> Reading:
        """The counters in microjoules, by the zone's real path."""
        at = self.wall_s()
        values: dict[str, int] = {}
        lost: dict[str, str] = {}
        for zone in self.ranges:
            read_into(zone.path / "energy_uj", str(zone.path), values, lost)
        return Reading(at, values, lost)

    def between(self, before: Reading, after: Reading) -> Energy:
        """The joules of each domain, the wraps, and the readings that were skipped."""
        steps = self._steps(before, after)
        joules: dict[str, float] = {}
        for zone, zone_step in steps.items():
            if zone_step.joules is not None:
                joules = added(joules, {str(zone.domain): zone_step.joules})
        oddities = [s.oddity for s in steps.values() if s.oddity]
        return Energy(
            joules,
            sum(s.wrapped for s in steps.values()),
            dict(Counter(oddities) + Counter(after.lost.values())),
        )

    def _steps(self, before: Reading, after: Reading) -> dict[Zone, Step]:
        seconds = after.at - before.at
        return {
            zone: step(
                before.values[str(zone.path)],
                after.values[str(zone.path)],
                self.ranges[zone],
                seconds,
            )
            for zone in self._without_mirrors(before, after)
        }

    def _without_mirrors(self, before: Reading, after: Reading) -> Sequence[Zone]:
        """The zones with a value in both readings, one for each mirrored counter.

        Some processors show one socket's counter once for each die. Two dies that
        agree in both readings are such mirrors; real ones drift apart at once.
        """
        readable = [
            z
            for z in self.ranges
            if str(z.path) in before.values and str(z.path) in after.values
        ]
        mirrors = {
            second
            for first, second in combinations(readable, 2)
            if (first.domain, first.socket) == (second.domain, second.socket)
            and all(self._agree(first, second, r) for r in (before, after))
        }
        return [zone for zone in readable if zone not in mirrors]

    def _agree(self, first: Zone, second: Zone, reading: Reading) -> bool:
        apart = reading.values[str(first.path)] - reading.values[str(second.path)]
        return min(abs(apart), abs(self.ranges[first] - abs(apart))) <= MIRROR_UJ


def open_rapl(root: Path | None, wall_s: Callable[[], float]) -> Rapl:
    """The counters under root, or in the usual places if root is None.

    Raises `SourceUnavailable` unless a package counter can be read.
    """
    root = root or next((r for r in DEFAULT_ROOTS if r.is_dir()), DEFAULT_ROOTS[-1])
    if not root.is_dir():
        raise SourceUnavailable("rapl", f"there is no directory {root}")
    zones = zones_to_count(root)
    if not any(zone.domain == PACKAGE for zone in zones):
        raise SourceUnavailable("rapl", f"no package zone in {root}")
    ranges, lost = _readable(zones)
    if not any(zone.domain == PACKAGE for zone in ranges):
        raise SourceUnavailable("rapl", "; ".join(f"{f}: {why}" for f, why in lost))
    return Rapl(root, ranges, wall_s)


def _readable(zones: Sequence[Zone]) -> tuple[dict[Zone, int], list[tuple[str, str]]]:
    """The range of each zone that can be read, and the files of the others."""
    ranges: dict[Zone, int] = {}
    lost: dict[str, str] = {}
    for zone in zones:
        values: dict[str, int] = {}
        for file in ("max_energy_range_uj", "energy_uj"):
            read_into(zone.path / file, str(zone.path / file), values, lost)
        range_uj = values.get(str(zone.path / "max_energy_range_uj"), 0)
        if len(values) == 2 and range_uj > 0:
            ranges[zone] = range_uj
        elif len(values) == 2:
            lost[str(zone.path / "max_energy_range_uj")] = MALFORMED
    return ranges, list(lost.items())
