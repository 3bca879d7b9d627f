"""Reads the energy meter's settings from the environment and checks them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from energy.coefficients import WATTS_PER_CPU
from energy.errors import EnergySettingError
from energy.units import WORLD_GRAMS_PER_KWH

SOURCES = ("rapl", "battery", "hwmon", "estimate")  # the order in which auto tries
CHOICES = ("auto", *SOURCES, "none")


@dataclass(frozen=True)
class EnergySettings:
    """The meter's settings: the source, where its files are, the coefficients.

    `powercap_root` None means the usual places. `watts_per_cpu` is the dynamic power
    of one busy CPU, used by the estimate only. The last two are the
    kernel's directories of batteries and sensors; no variable changes them.
    """

    source: str = "auto"
    powercap_root: Path | None = None
    watts_per_cpu: float = WATTS_PER_CPU
    carbon_grams_per_kwh: float = WORLD_GRAMS_PER_KWH
    power_supply_root: Path = Path("/sys/class/power_supply")
    hwmon_root: Path = Path("/sys/class/hwmon")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "EnergySettings":
        """The settings in DIGITS_* variables; an unset or empty one has its default.

        Raises `EnergySettingError` for a value out of range.
        """
        root = environ.get("DIGITS_POWERCAP_ROOT")
        return cls(
            source=_source(environ),
            powercap_root=Path(root) if root else None,
            watts_per_cpu=_number(
                environ, "DIGITS_WATTS_PER_CPU", WATTS_PER_CPU, 0.001, 1000
            ),
            carbon_grams_per_kwh=_number(
                environ, "DIGITS_CARBON_GRAMS_PER_KWH", WORLD_GRAMS_PER_KWH, 0, 5000
            ),
        )


def _source(environ: Mapping[str, str]) -> str:
    source = environ.get("DIGITS_ENERGY_SOURCE") or "auto"
    if source not in CHOICES:
        raise EnergySettingError(
            "DIGITS_ENERGY_SOURCE", source, "one of " + ", ".join(CHOICES)
        )
    return source


def _number(
    environ: Mapping[str, str], variable: str, default: float, low: float, high: float
) -> float:
    text = environ.get(variable) or str(default)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise EnergySettingError(variable, text, f"a number from {low} to {high}")
    return number
