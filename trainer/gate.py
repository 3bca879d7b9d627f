"""The gate: whether a candidate may become a version, held against the best one."""

from dataclasses import dataclass

import numpy as np

from model_store import Card, Model, ModelStore, Network
from trainer.data.dataset import Dataset
from trainer.data.source import Digits
from trainer.distrust import fault_of, is_right, likely_accuracy


@dataclass(frozen=True)
class GateResult:
    """Whether a candidate may become a version, and why."""

    accepted: bool
    reason: str


def gate(candidate: Network, digits: Digits, best: Model | None) -> GateResult:
    """Hold a candidate against the best version, both on the candidate's test rows.

    This comparison is the only decision that test rows take part in.
    """
    if best is None:
        return GateResult(True, "there is no version yet")
    if digits.embedded and not best.card.is_embedded:
        return GateResult(
            False,
            f"version {best.version} learnt from MNIST,"
            " the candidate only from the embedded set",
        )
    if fault := fault_of(digits.test, best):
        return GateResult(False, fault)
    return _compared(candidate, best, digits.test)


def best_version(store: ModelStore) -> Model | None:
    """The best valid version by its own metadata, whatever is pinned.

    Those that learnt from MNIST come first; of equals, the newest.
    Raises StoreUnavailable.
    """
    return max(store.valid(), key=lambda model: _rank(model.card), default=None)


def _rank(card: Card) -> tuple[bool, float]:
    return not card.is_embedded, likely_accuracy(card) or 0.0


def _compared(candidate: Network, best: Model, test: Dataset) -> GateResult:
    """Refuse fewer right answers, if by more than chance explains or by over a point.

    Chance is two standard errors of the difference, of answers paired row by row. The
    point, a hundredth of the rows, counts where few rows would let chance explain much.
    """
    ours, theirs = (is_right(network, test) for network in (candidate, best.network))
    lost, won = int((theirs & ~ours).sum()), int((ours & ~theirs).sum())
    fewer = lost - won
    chance = 2 * float(np.sqrt(lost + won - fewer**2 / len(test)))
    accepted = fewer <= min(chance, len(test) / 100)
    reason = (
        f"{ours.sum()} of {len(test)} test rows right,"
        f" version {best.version} {theirs.sum()}"
    )
    if accepted and fewer > 0:
        reason += ": no more fewer than chance explains"
    return GateResult(accepted, reason)
