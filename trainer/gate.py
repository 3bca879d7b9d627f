"""The gate: whether a candidate may become a version, held against the store's."""

from dataclasses import dataclass

from model_store import Model
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import Evaluation, evaluate


@dataclass(frozen=True)
class GateResult:
    """Whether a candidate may become a version, and why."""

    accepted: bool
    reason: str


def gate(
    candidate: Evaluation, embedded: bool, served: Model | None, test: Dataset
) -> GateResult:
    """Hold a candidate against the served model, both on the candidate's test rows.

    This comparison is the only decision that test rows take part in.
    """
    if served is None:
        return GateResult(True, "there is no version yet")
    if embedded and not served.card.is_embedded:
        return GateResult(
            False,
            f"version {served.version} learnt from MNIST,"
            " the candidate only from the embedded set",
        )
    theirs = evaluate(served.network, test)
    return GateResult(
        candidate.right >= theirs.right,
        f"{candidate.right} of {candidate.rows} test rows right,"
        f" version {served.version} {theirs.right}",
    )
