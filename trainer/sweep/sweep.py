"""A search for settings: what it is, and what one trial of it does."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from energy import EnergySettings, open_meter
from trainer.data.dataset import Dataset
from trainer.learning.settings import Settings
from trainer.learning.sgd import warm_up
from trainer.request import Limits
from trainer.sweep.search_space import SearchSpace
from trainer.training.budget import Budget
from trainer.training.epoch_report import EpochReport
from trainer.training.fit import Fit, Phases
from trainer.training.gain import GainRule
from trainer.training.progress import SilentReporter
from trainer.training.signals import StopFlag
from trainer.training.state import TrainingState


@dataclass(frozen=True)
class Sweep:
    """One search, the same for every worker that is given the same command.

    Attributes:
        training, validation: the rows of a trial, whose value is its accuracy on the
            held-out ones. Test rows are none of a sweep's business.
        trials: how many are to end, complete or pruned, whoever runs them.
        max_seconds: of each trial, None for no bound.
        threads: how many learn at the same time, which changes no bit.
    """

    space: SearchSpace
    training: Dataset
    validation: Dataset
    trials: int
    max_seconds: float | None
    threads: int = 1

    @property
    def name(self) -> str:
        """Of the study: another search, or other data, has another one."""
        facts = {
            **self.space.preset.to_dict(),
            "fixed": sorted(self.space.fixed),
            "max_seconds": self.max_seconds,
            "rows": len(self.training),
            "sha256": self.training.sha256,
        }
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
        return f"{self.space.preset.preset}-{digest[:10]}"

    def train(self, settings: Settings, stop: StopFlag) -> Iterator[EpochReport]:
        """A trial: a report for each epoch. Raises Diverged, Stopped."""
        state = TrainingState.begin(settings, len(self.training))
        warm_up(settings)
        rows, limits = settings.epochs * len(self.training), Limits(self.max_seconds)
        budget = Budget.begin(rows, limits, joules=lambda: None)
        phases = Phases.of(open_meter(EnergySettings(source="none")))
        fit = Fit(
            self.training, self.validation, settings, budget, GainRule(None), phases,
            SilentReporter(), self.threads,
        )  # fmt: skip
        return fit.epochs(state, stop)
