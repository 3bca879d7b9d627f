"""The energy meter: joules from RAPL, a battery, hwmon sensors or an estimate."""

from energy.choose import open_meter
from energy.errors import EnergyError, EnergySettingError, SourceUnavailable
from energy.meter import Meter
from energy.phase import Phase
from energy.settings import EnergySettings
from energy.sources.source import SourceInfo
from energy.tick import Tick
from energy.units import (
    WORLD_GRAMS_PER_KWH,
    bulb_seconds,
    co2e_grams,
    cycles_per_bulb_hour,
    watt_hours,
)

__version__ = "0.1.0"

__all__ = [
    "WORLD_GRAMS_PER_KWH",
    "EnergyError",
    "EnergySettingError",
    "EnergySettings",
    "Meter",
    "Phase",
    "SourceInfo",
    "SourceUnavailable",
    "Tick",
    "bulb_seconds",
    "co2e_grams",
    "cycles_per_bulb_hour",
    "open_meter",
    "watt_hours",
]
