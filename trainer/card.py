"""What a run leaves: the metadata of its model, and the figures that it prints."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from model_store import Card, Model, __version__
from trainer.data.source import Digits
from trainer.learning.evaluate import Evaluation
from trainer.training.fit import Phases

if TYPE_CHECKING:
    from trainer.training.training import Trained

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
        data={**digits.to_dict(), "trained_rows": len(trained.training)},
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


def run_figures(
    trained: "Trained", evaluation: Evaluation, phases: Phases
) -> dict[str, Any]:
    """What `train --json` tells of the training and its spans."""
    return {
        "test_accuracy": evaluation.accuracy,
        "test_rows": evaluation.rows,
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
