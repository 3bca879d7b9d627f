"""The network that a report is about."""

from dataclasses import dataclass

from trainer.data.source import Digits
from trainer.learning.findings import Findings
from trainer.training.training import Trained


@dataclass(frozen=True)
class Subject:
    """A network that a run left, and how it came about.

    Attributes:
        title: such as "Version 3".
        findings: on the test rows of `digits`.
        energy_source: of the run's joules, None if there is none.
    """

    title: str
    trained: Trained
    digits: Digits
    findings: Findings
    energy_source: str | None

    def __str__(self) -> str:
        test, epochs = self.digits.test, self.trained.reports
        parts = [
            f"{self.findings.evaluation.accuracy:.2%} of {len(test):,} test rows right"
            f" ({test.file})",
            f"layers {'-'.join(map(str, self.trained.network.layers))}",
            f"{self.trained.settings.loss}",
            f"{len(epochs)} epochs over {self.digits.train.file}",
        ]
        if epochs[-1].joules is not None:
            parts.append(f"{epochs[-1].joules:,.4g} J ({self.energy_source})")
        return " · ".join(parts)
