"""Finds the RAPL zones to count in a powercap tree, each once.

The kernel shows one set of zones in several forms: /sys/class/powercap holds flat
links, /sys/devices/virtual/powercap holds zones nested in control types, and a mount
may show either. A zone is known by its real path, so any form gives the same zones.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from energy.sources.sysfs import read_word

DEFAULT_ROOTS = (Path("/host/powercap"), Path("/sys/class/powercap"))
PACKAGE = "package"
DRAM = "dram"

_DEPTH = 3  # control type, zone, subzone
_NOT_ZONES = {"subsystem", "device", "power"}  # links that lead out of the tree
_PACKAGE_NAME = re.compile(r"package-(\d+)(-die-\d+)?")


@dataclass(frozen=True)
class Zone:
    """One counter: its directory, its own name and the name of the zone around it."""

    path: Path
    name: str
    parent: str

    @property
    def domain(self) -> str | None:
        """`package`, `dram`, or None for what is not counted.

        Core and uncore lie inside the package, psys around everything: adding them
        would count the same joules twice.
        """
        if _PACKAGE_NAME.fullmatch(self.name):
            return PACKAGE
        return DRAM if self.name == DRAM else None

    @property
    def socket(self) -> str:
        """The number of the package, the same for all its dies; "" outside of one."""
        match = _PACKAGE_NAME.fullmatch(self.name) or _PACKAGE_NAME.fullmatch(
            self.parent
        )
        return match.group(1) if match else ""

    @property
    def over_mmio(self) -> bool:
        """Whether this is read over memory-mapped registers, not by MSR."""
        return self.path.name.startswith("intel-rapl-mmio")


def zones_to_count(root: Path) -> list[Zone]:
    """The package and DRAM zones under root, in a fixed order.

    An mmio zone is left out if the same zone exists by MSR (it is the same counter
    read another way), a free-standing DRAM zone if the packages have their own.
    """
    counted = [zone for zone in all_zones(root) if zone.domain]
    by_msr = {(z.parent, z.name) for z in counted if not z.over_mmio}
    inner_dram = any(z.domain == DRAM and z.parent for z in counted)
    return [
        zone
        for zone in counted
        if not (zone.over_mmio and (zone.parent, zone.name) in by_msr)
        and not (zone.domain == DRAM and inner_dram and not zone.parent)
    ]


def all_zones(root: Path) -> list[Zone]:
    """Every zone under root that has a counter, once, ordered by its real path."""
    names = {path: read_word(path / "name") for path in _directories(root, _DEPTH)}
    return [
        Zone(path, names[path], _parent_name(path, names)) for path in sorted(names)
    ]


def _directories(directory: Path, depth: int) -> Iterator[Path]:
    """The real paths of the zones in a directory, and of those in them."""
    for entry in _subdirectories(directory):
        real = entry.resolve()
        if (real / "energy_uj").exists():
            yield real
        if depth > 1:
            yield from _directories(real, depth - 1)


def _subdirectories(directory: Path) -> Iterable[Path]:
    try:
        entries = sorted(directory.iterdir())
    except OSError:  # a part that this user may not list holds nothing to count
        return []
    return [e for e in entries if e.name not in _NOT_ZONES and e.is_dir()]


def _parent_name(path: Path, names: dict[Path, str]) -> str:
    """The name of the zone around this one; "" for a top zone.

    A copied flat tree has no nesting, but intel-rapl:0:2 still says that it belongs
    to intel-rapl:0.
    """
    named = path.parent / path.name.rpartition(":")[0]
    return next((names[z] for z in (path.parent, named) if z in names), "")
