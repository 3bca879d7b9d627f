"""The gate: whether a candidate may become a version, held against the best one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_store import Model, Network
from trainer.data.dataset import Dataset
from trainer.data.source import Digits
from trainer.distrust import fault_of, is_right
from trainer.marks import marked_answer

_FEW = 4  # rows of one digit; where there are few, one row is more than a point


@dataclass(frozen=True)
class GateResult:
    """Whether a candidate may become a version, and why."""

    accepted: bool
    reason: str


def gate(
    candidate: Network,
    digits: Digits,
    best: Model | None,
    served: Model | None = None,
) -> GateResult:
    """Hold a candidate against the best version, both on the candidate's test rows.

    This comparison is the only decision that test rows take part in. A candidate that
    learnt from corrections must also read those that are held out as the served version
    does, and must not have learnt that a mark beside a digit means a digit.
    """
    if best is None:
        return GateResult(True, "there is no version yet")
    if digits.embedded and not best.card.is_embedded:
        return GateResult(
            False,
            f"version {best.version} learnt from MNIST,"
            " the candidate only from the embedded set",
        )
    answers = Paired.of(candidate, best.network, digits.test)
    if fault := fault_of(digits.test, best, int(answers.theirs.sum())):
        return GateResult(False, fault)
    if fault := _corrections_fault(candidate, digits, best, served):
        return GateResult(False, fault)
    return _compared(answers, best.version, digits.test)


def _compared(answers: "Paired", version: int, test: Dataset) -> GateResult:
    """Refuse fewer right answers, if by more than chance explains or by over a point.

    Chance is two standard errors of the difference, of answers paired row by row. The
    point, a hundredth of the rows, counts where few rows would let chance explain much.
    """
    reason = f"{answers}, version {version} {answers.theirs.sum()}"
    if digit := _worse_digit(answers, test):
        return GateResult(False, f"{reason}: {digit}")
    accepted = answers.fewer <= min(answers.chance, len(test) / 100)
    if accepted and answers.fewer > 0:
        reason += ": no more fewer than chance explains"
    return GateResult(accepted, reason)


def _worse_digit(answers: "Paired", test: Dataset) -> str:
    """The first digit that is read over a point worse; "" if none is."""
    for digit in range(10):
        of_digit = answers.rows(test.labels == digit)
        if of_digit.fewer > max(_FEW, len(of_digit.ours) / 100):
            return (
                f"{of_digit.fewer} fewer of the {len(of_digit.ours)} rows of a {digit},"
                " over a point"
            )
    return ""


def _corrections_fault(
    candidate: Network, digits: Digits, best: Model, served: Model | None
) -> str:
    """What speaks against a candidate that learnt from corrections; "" if nothing."""
    if not len(digits.corrected):
        return ""
    held_out = digits.corrected.held_out
    if served and len(held_out):
        answers = Paired.of(candidate, served.network, held_out)
        if answers.fewer > answers.chance:
            return (
                f"of {len(held_out)} corrections that are held out it reads"
                f" {answers.fewer} fewer right than version {served.version}"
            )
    return marked_answer(candidate, best.network, digits.test, digits.corrected)


@dataclass(frozen=True, eq=False)
class Paired:
    """Which rows two networks read right, row by row: (n,) each."""

    ours: NDArray[np.bool_]
    theirs: NDArray[np.bool_]

    @classmethod
    def of(cls, candidate: Network, other: Network, rows: Dataset) -> "Paired":
        """Ours are the candidate's."""
        return cls(is_right(candidate, rows), is_right(other, rows))

    def rows(self, which: NDArray[np.bool_]) -> "Paired":
        """The same of some rows."""
        return Paired(self.ours[which], self.theirs[which])

    @property
    def fewer(self) -> int:
        """By how many the candidate reads fewer right; negative if more."""
        return int(self.theirs.sum()) - int(self.ours.sum())

    @property
    def chance(self) -> float:
        """How many fewer chance explains: two standard errors of the difference."""
        changed = int((self.ours != self.theirs).sum())
        return 2 * float(np.sqrt(changed - self.fewer**2 / max(1, len(self.ours))))

    def __str__(self) -> str:
        return f"{self.ours.sum()} of {len(self.ours)} test rows right"
