"""What a run leaves in the metadata: its settings, data, measures and joules."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from energy import EnergySettings, Meter, bulb_seconds, co2e_grams
from model_store import Card, Model, __version__
from trainer.data import Digits
from trainer.evaluate import Evaluation
from trainer.fit import Phases

if TYPE_CHECKING:
    from trainer.run import Trained

_LIBRARIES: Sequence[str] = ("numpy", "pandas", "scikit-learn", "scipy")


def new_card(
    trained: "Trained",
    digits: Digits,
    evaluation: Evaluation,
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
        training={**trained.settings.card(), "stopped_by": trained.stopped_by},
        data={**digits.card(), "trained_rows": len(trained.training)},
        metrics={
            **evaluation.card(),
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


def energy_record(
    phases: Phases, meter: Meter, settings: EnergySettings
) -> dict[str, Any]:
    """The joules of the fit, which `seconds` spans too; the other phases apart.

    Joules are None without an energy source.
    """
    fit = phases.fit
    joules = fit.joules
    return {
        "joules": joules,
        "source": meter.source,
        "low_joules": fit.low_joules,
        "high_joules": fit.high_joules,
        "co2e_grams": None
        if joules is None
        else co2e_grams(joules, settings.carbon_grams_per_kwh),
        "grams_per_kwh": settings.carbon_grams_per_kwh,
        "bulb_seconds": None if joules is None else bulb_seconds(joules),
        "seconds": fit.seconds,
        "cpu_seconds": fit.cpu_seconds,
        "warmup_joules": phases.warm_up.joules,
        "load_joules": phases.load.joules,
        "cost_joules": phases.cost.joules,
        "evaluate_joules": phases.evaluate.joules,
    }
