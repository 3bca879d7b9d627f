"""What a run leaves: the metadata of its model, and the figures that it prints."""

import platform
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from energy import EnergySettings, Meter, Phase, bulb_seconds, co2e_grams, watt_hours
from model_store import Card, Model, __version__
from trainer.data.source import Digits
from trainer.learning.findings import Findings
from trainer.training.epoch_report import EpochReport
from trainer.training.fit import Phases
from trainer.training.training import Trained

_DERIVED = ("watt_hours", "co2e_grams", "bulb_seconds")
_LIBRARIES: Sequence[str] = ("numpy", "numba", "pandas", "scikit-learn", "scipy")


def new_card(
    trained: Trained,
    digits: Digits,
    findings: Findings,
    energy: dict[str, Any],
    parent: Model | None,
) -> Card:
    """The card of a freshly trained network."""
    last = trained.reports[-1]
    return Card(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        layers=trained.network.layers,
        activations=list(trained.network.activation_names),
        loss=trained.settings.loss,
        training={**trained.settings.to_dict(), "stopped_by": trained.stopped_by},
        data={**digits.to_dict(), "trained_rows": len(trained.training)},
        metrics={
            **findings.evaluation.to_dict(),
            "non_digits": findings.honesty.to_dict(),
            "reference": findings.reference.to_dict(),
            "validation_accuracy": last.validation_accuracy,
            "temperature": trained.temperature,
            "cost_history": [report.cost for report in trained.reports],
        },
        energy=energy,
        software={
            "digits": __version__,
            "python": platform.python_version(),
            **{library: version(library) for library in _LIBRARIES},
        },
        parent=parent.version if parent else None,
    )


def with_reason(card: Card, reason: str) -> Card:
    """The same, which says why the gate let it pass or refused it."""
    return replace(card, metrics={**card.metrics, "gate": reason})


def run_figures(trained: Trained, findings: Findings, phases: Phases) -> dict[str, Any]:
    """What `train --json` tells of the training and its spans."""
    return {
        "test_accuracy": findings.evaluation.accuracy,
        "test_rows": findings.evaluation.rows,
        "non_digits": findings.honesty.to_dict(),
        "validation_accuracy": trained.reports[-1].validation_accuracy,
        "cost_history": [report.cost for report in trained.reports],
        "epochs": len(trained.reports),
        "train_rows": len(trained.training),
        "stopped_by": trained.stopped_by,
        "seed": trained.settings.seed,
        "seconds": phases.fit.seconds,
        "samples_per_second": trained.rows / phases.fit.seconds,
        "load_seconds": phases.load.seconds,
        "warmup_seconds": phases.warm_up.seconds,
        "cost_seconds": phases.cost.seconds,
        "evaluate_seconds": phases.evaluate.seconds,
    }


def energy_section(
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
