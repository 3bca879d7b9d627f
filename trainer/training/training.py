"""A fit that runs to its end, or leaves a checkpoint where a signal stops it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from model_store import Network, StoreUnavailable
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import temperature
from trainer.learning.settings import Settings
from trainer.training.checkpoint import Checkpoint, Checkpoints
from trainer.training.epoch_report import EpochReport
from trainer.training.fit import Fit
from trainer.training.gain import OPTION
from trainer.training.signals import HeldBack, Stopped, held_back
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
    """A fit that is ready to run, and where it is kept if it is stopped.

    Attributes:
        facts: what tells this run from another; see prepare.py.
        checkpoints: None keeps none.
        begun_from: the checkpoint that the state stands at, None at the start.
    """

    fit: Fit
    state: TrainingState
    facts: dict[str, Any]
    checkpoints: Checkpoints | None
    begun_from: Checkpoint | None

    def run(self, held: HeldBack) -> Trained:
        """Train to the end. Raises Diverged; Stopped if a signal is held back."""
        fit, reports = self.fit, self.state.reports
        for _ in fit.epochs(self.state, held):
            pass
        network = self.state.descent.network
        with fit.phases.evaluate:
            held_out = fit.validation
            calibrated = temperature(network, held_out) if held_out else None
        stopped_by = fit.budget.stopped_by
        if not stopped_by and fit.gain.ends(reports):
            stopped_by = OPTION
        return Trained(
            network, fit.settings, reports, fit.training, fit.budget.rows_done,
            stopped_by, calibrated,
        )  # fmt: skip

    @contextlib.contextmanager
    def kept_if_stopped(self) -> Iterator[HeldBack]:
        """Signals in the block wait for its next check, and leave a checkpoint."""
        with held_back() as held:
            try:
                yield held
            except Stopped:
                self._keep()
                raise

    def forget(self) -> None:
        """The run is done: nobody needs to go on from its checkpoint."""
        if self.checkpoints and self.begun_from:
            try:
                self.checkpoints.remove(self.begun_from.path)
            except StoreUnavailable as error:
                self.fit.reporter.say(f"the checkpoint could not be removed: {error}")

    def _keep(self) -> None:
        say = self.fit.reporter.say
        if not self.checkpoints:
            return
        try:
            path = self.checkpoints.save(self._checkpoint(), datetime.now(UTC))
        except StoreUnavailable as error:
            say(f"stopped; no checkpoint could be written: {error}")
        else:
            say(f"stopped; the same command with --resume goes on from {path}")

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            facts=self.facts,
            rows_done=self.fit.budget.rows_done,
            seconds=self.fit.budget.seconds(),
            spent=self.fit.phases.spent(),
            state=self.state.to_dict(),
            arrays=self.state.arrays(),
            path=self.begun_from.path if self.begun_from else None,
        )
