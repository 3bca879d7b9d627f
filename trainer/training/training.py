"""A training that is ready to run, and what comes of it."""

from dataclasses import dataclass

from model_store import Network
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import temperature
from trainer.learning.examples import held_out_non_digits
from trainer.learning.settings import Settings
from trainer.training.checkpoint import Checkpoint
from trainer.training.epoch_report import EpochReport
from trainer.training.fit import Fit
from trainer.training.gain import OPTION
from trainer.training.signals import StopFlag
from trainer.training.start import Start
from trainer.training.state import TrainingState


@dataclass(frozen=True)
class Trained:
    """A network, and how it came about.

    Attributes:
        reports: one an epoch.
        rows: how many updates' rows, over all epochs.
        stopped_by: "max_seconds", "max_joules" or "min_gain_per_joule", None if it
            ran to its end.
        temperature: for confidence, None without held-out rows.
    """

    network: Network
    settings: Settings
    reports: list[EpochReport]
    training: Dataset
    rows: int
    stopped_by: str | None
    temperature: float | None


@dataclass(frozen=True)
class Training:
    """A fit, how it starts, and the state that it is in."""

    start: Start
    fit: Fit
    state: TrainingState

    def run(self, stop: StopFlag) -> Trained:
        """Train to the end. Raises Diverged; Stopped if the flag is set."""
        fit, reports = self.fit, self.state.reports
        try:
            for _ in fit.epochs(self.state, stop):
                pass
        finally:
            fit.reporter.close()
        network = self.state.descent.network
        with fit.phases.evaluate:
            calibrated = _calibrated(network, fit)
        stopped_by = fit.budget.stopped_by
        if not stopped_by and fit.gain.ends(reports):
            stopped_by = OPTION
        return Trained(
            network, fit.settings, reports, fit.training, fit.budget.rows_done,
            stopped_by, calibrated,
        )  # fmt: skip

    def checkpoint(self) -> Checkpoint:
        """Where it stands now."""
        begun_from = self.start.checkpoint
        return Checkpoint(
            facts=self.start.facts,
            rows_done=self.fit.budget.rows_done,
            seconds=self.fit.budget.seconds(),
            spent=self.fit.phases.spent(),
            state=self.state.to_dict(),
            arrays=self.state.arrays(),
            path=begun_from.path if begun_from else None,
        )


def _calibrated(network: Network, fit: Fit) -> float | None:
    if fit.validation is None:
        return None
    non_digits = held_out_non_digits(fit.validation, fit.settings)
    return temperature(network, fit.validation, non_digits)
