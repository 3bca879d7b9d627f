"""The fit: it ends when the budget is spent; more threads change nothing."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from energy import EnergySettings, open_meter
from trainer.data.dataset import Dataset
from trainer.learning.settings import settings_for
from trainer.request import Limits
from trainer.training.budget import Budget
from trainer.training.fit import Fit, Phases
from trainer.training.gain import GainRule
from trainer.training.progress import SilentReporter
from trainer.training.signals import StopFlag
from trainer.training.state import TrainingState


class Ticking(SilentReporter):
    """A clock that each batch moves by a second."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def advance(self, fraction: float) -> None:
        self.seconds += 1


@pytest.mark.parametrize(("preset", "batch"), [("default", 10), ("notebook", 100)])
def test_spent_budget_stops_between_batches(preset: str, batch: int) -> None:
    """Three seconds are three batches; per-sample SGD tells of 100 rows at once."""
    changes = {"hidden": (4,), "augment": False, "epochs": 2}
    if preset == "default":
        changes["batch_size"] = batch
    settings = settings_for(preset, embedded=False, seed=1, changes=changes)
    labels = np.arange(1000, dtype=np.uint8) % 10
    rows = Dataset(np.zeros((1000, 784), np.uint8), labels, "blank", "")
    clock = Ticking()
    budget = Budget(2000, Limits(max_seconds=3.0), lambda: clock.seconds, lambda: None)
    phases = Phases.of(open_meter(EnergySettings(source="none")))
    fit = Fit(rows, None, settings, budget, GainRule(None), phases, clock)
    state = TrainingState.begin(settings, len(rows))
    [report] = fit.epochs(state, StopFlag())
    assert budget.rows_done == 3 * batch
    assert budget.stopped_by == "max_seconds"
    assert (report.epoch, report.seconds_left) == (1, 0)
    assert not len(state.left)


def test_threads_change_no_bit(digits: Dataset) -> None:
    """Of batches that are worth sharing, with all that `default` learns from."""
    changes = {"hidden": (8,), "epochs": 2, "batch_size": 150}
    settings = settings_for("default", embedded=False, seed=1, changes=changes)
    rows, weights = digits.rows(slice(300)), []
    for threads in (1, 2):
        phases = Phases.of(open_meter(EnergySettings(source="none")))
        budget = Budget(600, Limits(), lambda: 0.0, lambda: None)
        rule, reporter = GainRule(None), SilentReporter()
        fit = Fit(rows, None, settings, budget, rule, phases, reporter, threads)
        state = TrainingState.begin(settings, len(rows))
        with threadpool_limits(1):
            assert len([*fit.epochs(state, StopFlag())]) == 2
        weights.append(state.descent.network.weights)
    for one, two in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, two)
