"""The course notes' experiment: the energy of training, read from a laptop's battery.

Section "crude experiment" of the notes: 6439 mAh before and 6132 mAh after five
trainings at 12.5 V are 0.7675 Wh a training cycle, and 36.48 cycles use as much
as a 28 W bulb in an hour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from energy.errors import NotDischarging, NothingMeasured
from energy.sources.battery import Battery, not_discharging
from energy.sources.source import Reading
from energy.units import (
    JOULES_PER_WATT_HOUR,
    NOTES_BULB_WATTS,
    bulb_seconds,
    co2e_grams,
    cycles_per_bulb_hour,
    watt_hours,
)

SAMPLE_S = 1.0
CHARGE = "/charge_now"


@dataclass(frozen=True)
class Drawn:
    """What left the battery over a span; `seconds` is None if it was not timed.

    `milliamp_hours` is None for a battery that counts only energy. `step_joules` is
    the smallest change of the gauge, so its resolution.
    """

    joules: float
    seconds: float | None
    milliamp_hours: float | None
    step_joules: float

    @property
    def watts(self) -> float | None:
        """The mean power."""
        return self.joules / self.seconds if self.seconds else None


@dataclass(frozen=True)
class Experiment:
    """Some training cycles, and what they drew; idle power is that of the baseline."""

    runs: int
    drawn: Drawn
    idle_watts: float | None = None

    @classmethod
    def from_readings(
        cls, start_mah: float, end_mah: float, volts: float, runs: int
    ) -> Self:
        """The notes' own arithmetic, with one nominal voltage; read to 1 mAh.

        Raises `NothingMeasured` if the battery did not lose charge.
        """
        used_mah = start_mah - end_mah
        if used_mah <= 0:
            raise NothingMeasured("the battery must hold less at the end")
        joules_per_mah = volts / 1000 * JOULES_PER_WATT_HOUR
        drawn = Drawn(used_mah * joules_per_mah, None, used_mah, joules_per_mah)
        return cls(runs, drawn)

    @property
    def joules_per_cycle(self) -> float:
        """What the whole machine drew, for each training cycle."""
        return self.drawn.joules / self.runs

    @property
    def milliamp_hours_per_cycle(self) -> float | None:
        """The charge for each training cycle, the notes' first figure."""
        charge = self.drawn.milliamp_hours
        return None if charge is None else charge / self.runs

    @property
    def net_joules_per_cycle(self) -> float | None:
        """The same less what the idle machine would have drawn; None: no baseline."""
        if self.idle_watts is None or self.drawn.seconds is None:
            return None
        idle_joules = self.idle_watts * self.drawn.seconds
        return (self.drawn.joules - idle_joules) / self.runs

    @property
    def seconds_per_cycle(self) -> float | None:
        """How long a training cycle took, on average."""
        seconds = self.drawn.seconds
        return None if seconds is None else seconds / self.runs

    @property
    def uncertainty_ratio(self) -> float:
        """The gauge's resolution as a part of what was drawn."""
        return self.drawn.step_joules / self.drawn.joules

    def to_dict(self, grams_per_kwh: float) -> dict[str, Any]:
        """The figures of a training cycle, for JSON; None for what was not measured."""
        joules = self.joules_per_cycle
        return {
            "runs": self.runs,
            "milliamp_hours": self.milliamp_hours_per_cycle,
            "watt_hours": watt_hours(joules),
            "joules": joules,
            "cycles_per_bulb_hour": cycles_per_bulb_hour(joules),
            "bulb_watts": NOTES_BULB_WATTS,
            "bulb_seconds": bulb_seconds(joules),
            "co2e_grams": co2e_grams(joules, grams_per_kwh),
            "grams_per_kwh": grams_per_kwh,
            "uncertainty_ratio": self.uncertainty_ratio,
            "idle_watts": self.idle_watts,
            "net_joules": self.net_joules_per_cycle,
            "seconds": self.seconds_per_cycle,
        }


def follow(battery: Battery, finished: Callable[[float], bool]) -> Drawn:
    """Sum up what a battery gives until `finished(seconds)`, which waits, is true.

    Joules are summed each second, so that each is taken at the voltage of its time.
    Raises `NotDischarging` as soon as the charger is plugged in, `NothingMeasured` if
    the gauge cannot be read, jumps, or does not move.
    """
    first = last = _reading(battery)
    joules: list[float] = []
    done = False
    while not done:
        done = finished(SAMPLE_S)
        before, last = last, _reading(battery)
        joules.append(_joules(battery, before, last))
    seconds = last.at - first.at
    if not any(joules):
        raise NothingMeasured(f"the battery's gauge did not move in {seconds:.0f} s")
    step = min(j for j in joules if j)
    return Drawn(sum(joules), seconds, _milliamp_hours(first, last), step)


def _joules(battery: Battery, before: Reading, after: Reading) -> float:
    energy = battery.between(before, after)
    if energy.skipped:
        raise NothingMeasured("the battery's gauge jumped; start again")
    return energy.total_joules or 0.0


def _reading(battery: Battery) -> Reading:
    reading = battery.read()
    if obstacle := not_discharging(battery.supplies):
        raise NotDischarging(*obstacle)
    if reading.lost:
        raise NothingMeasured(f"a gauge of the battery cannot be read: {reading.lost}")
    return reading


def _milliamp_hours(first: Reading, last: Reading) -> float | None:
    gauges = [key for key in first.values if key.endswith(CHARGE)]
    if not gauges:
        return None
    return sum(first.values[key] - last.values[key] for key in gauges) / 1000
