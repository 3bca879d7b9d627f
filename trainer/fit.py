"""The fit: epoch after epoch of SGD, with the cost and the accuracy after each."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from energy import Meter, Phase
from model_store.network import Network
from trainer.backprop import LOSSES
from trainer.budget import Budget
from trainer.config import Settings
from trainer.dataset import Dataset
from trainer.errors import Diverged
from trainer.evaluate import cost, evaluate
from trainer.gain import GainRule
from trainer.progress import EpochReport, Reporter
from trainer.sgd import Descent, run_epoch


@dataclass(frozen=True)
class Phases:
    """The parts of a run, metered apart, so that none is billed to another."""

    load: Phase
    warm_up: Phase
    fit: Phase
    cost: Phase
    evaluate: Phase

    @classmethod
    def of(cls, meter: Meter) -> "Phases":
        """Nothing spent yet."""
        return cls(*(meter.measure() for _ in range(5)))

    def by_name(self) -> dict[str, Phase]:
        """Each under the name that the metadata gives it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Fit:
    """One run's network, rows and limits.

    Attributes:
        network: trained in place.
        training: the rows to learn from.
        validation: held-out rows whose accuracy is reported, or None.
    """

    network: Network
    training: Dataset
    validation: Dataset | None
    settings: Settings
    budget: Budget
    gain: GainRule
    phases: Phases
    reporter: Reporter

    def epochs(self, rng: np.random.Generator) -> Iterator[EpochReport]:
        """Train until the last epoch, the end of the budget, or too little gain.

        A report for each epoch.

        Raises Diverged.
        """
        settings = self.settings
        descent = Descent(self.network, settings.momentum, settings.weight_decay)
        reports: list[EpochReport] = []
        for epoch in range(1, self.settings.epochs + 1):
            rate = self._run_epoch(descent, rng)
            with self.phases.cost:
                report = self._report(epoch, rate)
            self.reporter.epoch_done(report)
            reports.append(report)
            yield report
            if self.budget.spent or self.gain.ends(reports):
                return

    def _run_epoch(self, descent: Descent, rng: np.random.Generator) -> float:
        """Rows a second."""
        rows, seconds = self.budget.rows_done, self.phases.fit.seconds
        # A diverging run overflows; the cost tells of it, not numpy's warnings.
        with self.phases.fit, np.errstate(over="ignore", invalid="ignore"):
            for _ in run_epoch(descent, self.training, self.settings, self.budget, rng):
                self.reporter.advance(self.budget.progress)
        return (self.budget.rows_done - rows) / (self.phases.fit.seconds - seconds)

    def _report(self, epoch: int, rate: float) -> EpochReport:
        with np.errstate(over="ignore", invalid="ignore"):
            summed = cost(self.network, self.training, LOSSES[self.settings.loss])
        if not np.isfinite(summed):
            raise Diverged(epoch, self.settings.learning_rate)
        accuracy = None
        if self.validation:
            accuracy = evaluate(self.network, self.validation).accuracy
        return EpochReport(
            epoch=epoch,
            epochs=self.settings.epochs,
            cost=summed,
            validation_accuracy=accuracy,
            samples_per_second=rate,
            joules=self.phases.fit.joules,
            seconds_left=self.budget.seconds() * (1 / self.budget.progress - 1),
        )
