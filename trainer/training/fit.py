"""The fit: epoch after epoch of SGD, with the cost and the accuracy after each."""

import contextlib
import functools
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from energy import Meter, Phase
from model_store.backprop import LOSSES
from trainer.data.dataset import Dataset
from trainer.errors import Diverged
from trainer.learning.evaluate import cost, evaluate
from trainer.learning.examples import Examples, Map, examples_of
from trainer.learning.settings import Settings
from trainer.learning.sgd import run_epoch
from trainer.training.budget import Budget
from trainer.training.epoch_report import EpochReport
from trainer.training.first_epochs import complaint, smaller_steps
from trainer.training.gain import GainRule
from trainer.training.progress import Reporter
from trainer.training.signals import StopFlag
from trainer.training.state import TrainingState

_PHASES = ("load", "warm_up", "fit", "cost", "evaluate")


@dataclass(frozen=True)
class Phases:
    """The parts of a run, metered apart, so that none is attributed to another."""

    meter: Meter
    load: Phase
    warm_up: Phase
    fit: Phase
    cost: Phase
    evaluate: Phase

    @classmethod
    def of(cls, meter: Meter) -> "Phases":
        """Nothing spent yet."""
        return cls(meter, *(meter.measure() for _ in _PHASES))

    def by_name(self) -> dict[str, Phase]:
        """Each under the name that the metadata gives it."""
        return {name: getattr(self, name) for name in _PHASES}

    def spent(self) -> dict[str, dict[str, float | None]]:
        """What each has spent so far, for a checkpoint."""
        return {
            name: {
                "seconds": phase.seconds,
                "cpu_seconds": phase.cpu_seconds,
                "joules": phase.joules,
            }
            for name, phase in self.by_name().items()
        }

    def add(self, spent: Mapping[str, Mapping[str, Any]]) -> None:
        """Count what an earlier process has spent on the same run."""
        for name, phase in self.by_name().items():
            phase.add(**spent[name])


@dataclass(frozen=True)
class Fit:
    """One run's rows and limits.

    Attributes:
        training: the rows to learn from.
        validation: held-out rows whose accuracy is reported, or None.
        threads: how many learn at the same time, which changes no bit.
    """

    training: Dataset
    validation: Dataset | None
    settings: Settings
    budget: Budget
    gain: GainRule
    phases: Phases
    reporter: Reporter
    threads: int = 1

    def epochs(self, state: TrainingState, stop: StopFlag) -> Iterator[EpochReport]:
        """Train until the last epoch, the end of the budget, or too little gain.

        Goes on from where the state stands, which is moved on. A report for each
        epoch that ends. Raises Diverged; Stopped if a signal came, with the state
        between two batches or between two epochs.
        """
        examples = examples_of(self.training, self.settings)
        with _map_of(self.threads) as at_once:
            while not self._is_over(state):
                state.begin_epoch()
                rate = self._run_epoch(state, examples, stop, at_once)
                with self.phases.cost:
                    report = self._report(state, rate, at_once)
                state.end_epoch(report)
                self.reporter.epoch_done(report)
                if stuck := self._complaint(state):
                    self.reporter.say(stuck)
                yield report
                stop.check()

    def _complaint(self, state: TrainingState) -> str | None:
        network = state.descent.network
        return complaint(self.settings, network, self.training, state.reports)

    def _is_over(self, state: TrainingState) -> bool:
        ended = self.budget.spent or self.gain.ends(state.reports)
        return bool(state.reports) and ended

    def _run_epoch(
        self, state: TrainingState, examples: Examples, stop: StopFlag, at_once: Map
    ) -> float:
        """Rows a second, of those that this process did."""
        rows, seconds = self.budget.rows_done, self.phases.fit.seconds
        # A diverging run overflows; the cost tells of it, not numpy's warnings.
        with self.phases.fit, np.errstate(over="ignore", invalid="ignore"):
            examples.begin_epoch(len(state.reports), at_once)
            for done in run_epoch(
                state.descent, examples, state.left, lambda: self.budget.progress,
                state.rng, at_once,
            ):  # fmt: skip
                self.budget.count(done)
                state.left = state.left[done:]
                self.reporter.advance(self.budget.progress)
                if self.budget.spent:
                    break
                if len(state.left):
                    stop.check()
        return (self.budget.rows_done - rows) / (self.phases.fit.seconds - seconds)

    def _report(self, state: TrainingState, rate: float, at_once: Map) -> EpochReport:
        network, epoch = state.descent.network, len(state.reports) + 1
        with np.errstate(over="ignore", invalid="ignore"):
            summed = cost(network, self.training, LOSSES[self.settings.loss], at_once)
        if not np.isfinite(summed):
            raise Diverged(epoch, smaller_steps(self.settings))
        accuracy = None
        if self.validation:
            accuracy = evaluate(network, self.validation).accuracy
        return EpochReport(
            epoch=epoch,
            epochs=self.settings.epochs,
            cost=summed,
            validation_accuracy=accuracy,
            samples_per_second=rate,
            joules=self.phases.fit.joules,
            seconds_left=self.budget.seconds() * (1 / self.budget.progress - 1),
        )


@contextlib.contextmanager
def _map_of(threads: int) -> Iterator[Map]:
    """A map that uses so many threads; without more than one, the built-in one."""
    if threads == 1:
        yield map
        return
    quiet = functools.partial(np.seterr, over="ignore", invalid="ignore")
    with ThreadPoolExecutor(threads, initializer=quiet) as pool:  # as in _run_epoch
        yield pool.map
