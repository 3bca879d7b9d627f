"""The `energy` section of the metadata: what each phase of a run cost."""

from collections.abc import Sequence
from typing import Any

from energy import EnergySettings, Meter, Phase, bulb_seconds, co2e_grams, watt_hours
from trainer.training.fit import Phases
from trainer.training.progress import EpochReport

_DERIVED = ("watt_hours", "co2e_grams", "bulb_seconds")


def energy_record(
    phases: Phases,
    reports: Sequence[EpochReport],
    meter: Meter,
    settings: EnergySettings,
) -> dict[str, Any]:
    """The figures of the fit, which `seconds` spans too; `phases` has each one's own.

    Warming up is compiling, `cost` the measuring after each epoch. Joules, and what
    follows from them, are None without an energy source; the bounds and coefficients
    are an estimate's. `curve` is what the joules bought: a point for each epoch.
    """
    grams_per_kwh = settings.carbon_grams_per_kwh
    info = meter.info
    return {
        "source": meter.source,
        **_figures(phases.fit, grams_per_kwh),
        "grams_per_kwh": grams_per_kwh,
        "scope": info.scope if meter.source else None,
        "domains": list(info.domains),
        "coefficients": dict(info.coefficients),
        "phases": {
            name: _figures(phase, grams_per_kwh)
            for name, phase in phases.by_name().items()
        },
        "curve": [_point(report) for report in reports],
    }


def _figures(phase: Phase, grams_per_kwh: float) -> dict[str, float | None]:
    joules = phase.joules
    derived: dict[str, float | None] = dict.fromkeys(_DERIVED)
    if joules is not None:
        derived = {
            "watt_hours": watt_hours(joules),
            "co2e_grams": co2e_grams(joules, grams_per_kwh),
            "bulb_seconds": bulb_seconds(joules),
        }
    return {
        "joules": joules,
        "low_joules": phase.low_joules,
        "high_joules": phase.high_joules,
        **derived,
        "seconds": phase.seconds,
        "cpu_seconds": phase.cpu_seconds,
    }


def _point(report: EpochReport) -> dict[str, float | None]:
    return {
        "epoch": report.epoch,
        "joules": report.joules,
        "validation_accuracy": report.validation_accuracy,
        "cost": report.cost,
    }
