"""Joules from a laptop's battery while it discharges: the machine with its screen."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from energy.errors import SourceUnavailable
from energy.sources.counter import IMPLAUSIBLE, MAX_WATTS, SLACK_S
from energy.sources.source import Energy, Reading, SourceInfo
from energy.sources.sysfs import read_into, read_word

CHARGING = "charging"
MACHINE = "machine"
JOULES_PER_UWH = 3600 / 1e6
COULOMBS_PER_UAH = 3600 / 1e6

# The gauge moves in steps of 1 mAh, which is 45 J at 12.5 V: some seconds of a laptop.
INTERVAL_S = 60.0


@dataclass(frozen=True)
class Battery:
    """All batteries of the machine together; none may be charging.

    A battery counts energy (uWh), or charge (uAh) and voltage (uV). The joules of a
    charge are taken at the mean of both readings' voltages: the voltage falls as the
    battery empties, which one nominal voltage, as in the course notes, ignores.
    """

    supplies: Sequence[Path]
    wall_s: Callable[[], float]
    interval_s: float = INTERVAL_S

    @property
    def info(self) -> SourceInfo:
        """The batteries by name."""
        names = ", ".join(supply.name for supply in self.supplies)
        return SourceInfo("battery", "machine", (MACHINE,), names)

    def read(self) -> Reading:
        """The batteries' gauges, by `BAT0/energy_now`; none while one is charging."""
        at = self.wall_s()
        values: dict[str, int] = {}
        lost: dict[str, str] = {}
        if obstacle := not_discharging(self.supplies):
            return Reading(at, {}, {obstacle[0].name: CHARGING})
        for supply in self.supplies:
            for gauge in _gauges(supply):
                read_into(supply / gauge, f"{supply.name}/{gauge}", values, lost)
        return Reading(at, values, lost)

    def between(self, before: Reading, after: Reading) -> Energy:
        """The joules drawn; a gauge that jumped in between is left out."""
        limit = MAX_WATTS * (after.at - before.at + SLACK_S)
        drawn = [_drawn(supply.name, before, after) for supply in self.supplies]
        known = [joules for joules in drawn if joules is not None]
        good = [joules for joules in known if 0 <= joules <= limit]
        odd = Counter({IMPLAUSIBLE: len(known) - len(good)})
        return Energy(
            {MACHINE: sum(good)} if good else {},
            skipped=dict(Counter(after.lost.values()) + odd),
        )


def open_battery(root: Path, wall_s: Callable[[], float]) -> Battery:
    """The batteries in a power_supply directory.

    Raises `SourceUnavailable` if there is none, or none that discharges.
    """
    supplies = [supply for supply in _supplies(root) if _gauges(supply)]
    if not supplies:
        raise SourceUnavailable("battery", f"there is no battery in {root}")
    if obstacle := not_discharging(supplies):
        supply, status = obstacle
        raise SourceUnavailable(
            "battery", f"{supply.name} is not discharging: {status}"
        )
    return Battery(supplies, wall_s)


def not_discharging(supplies: Sequence[Path]) -> tuple[Path, str] | None:
    """A battery that does not discharge, and its status; None if the machine uses one.

    Of two batteries, one rests ("Not charging", "Unknown") while the other discharges.
    """
    status = {supply: read_word(supply / "status") or "gone" for supply in supplies}
    charging = [s for s in supplies if status[s] == "Charging"]
    if not charging and "Discharging" in status.values():
        return None
    culprit = (*charging, *supplies)[0]
    return culprit, status[culprit]


def _supplies(root: Path) -> list[Path]:
    """The batteries of the machine, not those of a mouse or a pen."""
    entries = sorted(root.iterdir()) if root.is_dir() else []
    return [
        entry
        for entry in entries
        if read_word(entry / "type") == "Battery"
        and read_word(entry / "scope") != "Device"
    ]


def _gauges(supply: Path) -> tuple[str, ...]:
    """The files that say how full a battery is; () if there are none."""
    for gauges in (("energy_now",), ("charge_now", "voltage_now")):
        if all((supply / gauge).exists() for gauge in gauges):
            return gauges
    return ()


def _drawn(name: str, before: Reading, after: Reading) -> float | None:
    """The joules that one battery gave; None if either reading lacks it."""

    def ends(gauge: str) -> tuple[int, int] | None:
        key = f"{name}/{gauge}"
        if key in before.values and key in after.values:
            return before.values[key], after.values[key]
        return None

    if energy := ends("energy_now"):
        return (energy[0] - energy[1]) * JOULES_PER_UWH
    if (charge := ends("charge_now")) and (voltage := ends("voltage_now")):
        mean_volts = sum(voltage) / 2 / 1e6
        return (charge[0] - charge[1]) * COULOMBS_PER_UAH * mean_volts
    return None
