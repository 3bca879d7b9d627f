"""What the commands print for people: scorecards, the confusion matrix, the joules."""

from typing import Any

from energy import cycles_per_bulb_hour, watt_hours
from trainer.learning.evaluate import Evaluation


def evaluation_text(evaluation: Evaluation) -> str:
    """The notes' scorecards, confusion matrix and accuracy."""
    score = evaluation.scorecard
    lines = [
        f"{'digit':<9}{_cells(range(10))}",
        f"{'success':<9}{_cells(score['success'])}",
        f"{'failure':<9}{_cells(score['failure'])}",
        "",
        "confusion matrix (rows: true digit, columns: predicted digit)",
    ]
    lines += [
        f"{digit:<9}{_cells(row)}" for digit, row in enumerate(evaluation.confusion)
    ]
    lines += [
        "",
        f"accuracy {evaluation.accuracy:.4f}"
        f" ({evaluation.right} of {evaluation.rows} test rows)",
    ]
    return "\n".join(lines)


def energy_text(energy: dict[str, Any]) -> str:
    """A run's joules, with the notes' comparison to a 28 W bulb."""
    joules = energy["joules"]
    if joules is None:
        return "energy: not measured (no source)"
    return (
        f"energy: {joules:.1f} J ({energy['source']}) in {energy['seconds']:.1f} s"
        f" = {watt_hours(joules):.4g} Wh; an hour of a 28 W bulb uses as much as"
        f" {cycles_per_bulb_hour(joules):.2f} such cycles"
    )


def outcome_text(evaluation: Evaluation, document: dict[str, Any]) -> str:
    """What `train` prints at its end."""
    if document["accepted"]:
        result = f"published version {document['version']}: {document['path']}"
    else:
        result = f"refused, kept as {document['path']}"
    lines = [
        evaluation_text(evaluation),
        energy_text(document["energy"]),
        f"{result} ({document['reason']})",
    ]
    if document["report"]:
        lines.append(f"report with plots: {document['report']}")
    return "\n".join(lines)


def _cells(values: Any) -> str:
    return "".join(f"{value:>6}" for value in values)
