"""A worker of a sweep: trial after trial of a study that others may work on, too."""

import time
import warnings
from collections.abc import Callable, Iterator

import optuna
from optuna.exceptions import (
    DuplicatedStudyError,
    ExperimentalWarning,
    TrialPruned,
    UpdateFinishedTrialError,
)
from optuna.pruners import MedianPruner
from optuna.samplers import TPESampler
from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from trainer.errors import DatabaseGone, Diverged
from trainer.sweep.storage import DATABASE_ERRORS, StudyStorage
from trainer.sweep.sweep import Sweep
from trainer.training.signals import StopFlag, Stopped, signals_deferred

ENDED = (TrialState.COMPLETE, TrialState.PRUNED)
_LOOK_S = 1.0
_PAUSES_S = (1, 2, 4, 8, 15)
# Optuna trips over a name of its own when the database fails in the end of a trial.
_LOST = (*DATABASE_ERRORS, UnboundLocalError)


class Worker:
    """Runs a sweep's trials until enough have ended.

    Attributes:
        study: raises one of DATABASE_ERRORS if its database is away.
    """

    def __init__(
        self, sweep: Sweep, storage: StudyStorage, say: Callable[[str], None]
    ) -> None:
        self._sweep, self._storage, self._say = sweep, storage, say
        self.study = _study(sweep, storage)

    def run(self) -> None:
        """Train; others may have begun, and may die before they end.

        Raises DatabaseGone, Stopped.
        """
        pauses_s = iter(_PAUSES_S)
        while True:
            try:
                if self._go_on():
                    return
                pauses_s = iter(_PAUSES_S)
            except UpdateFinishedTrialError:
                self._say("a trial was silent for so long that another worker has it")
            except _LOST:
                self._wait_for_the_database(pauses_s)

    def _wait_for_the_database(self, pauses_s: Iterator[int]) -> None:
        """Raises DatabaseGone once it has been away for all of the pauses.

        The trial that was under way is retried as that of a dead worker is.
        """
        pause_s = next(pauses_s, None)
        if pause_s is None:
            raise DatabaseGone
        self._say(f"the database does not answer: again in {pause_s} s")
        time.sleep(pause_s)

    def _go_on(self) -> bool:
        """Run a trial if one is missing that nobody runs; whether all have ended."""
        missing = self._sweep.trials - self._count(*ENDED)
        if missing > self._count(TrialState.RUNNING):
            self.study.optimize(self._objective, n_trials=1, callbacks=[self._tell])
        elif missing > 0:
            time.sleep(_LOOK_S)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ExperimentalWarning)
                optuna.storages.fail_stale_trials(self.study)
        return missing <= 0

    def _count(self, *states: TrialState) -> int:
        return len(self.study.get_trials(deepcopy=False, states=states))

    def _objective(self, trial: Trial) -> float:
        with signals_deferred() as stop:
            try:
                return self._accuracy(trial, stop)
            except Diverged as error:
                raise TrialPruned(str(error)) from None
            except Stopped:
                self._hand_back(trial)
                raise

    def _accuracy(self, trial: Trial, stop: StopFlag) -> float:
        """On the held-out rows. Raises TrialPruned if it stays behind the others."""
        accuracy = 0.0
        settings = self._sweep.space.suggested(trial)
        for report in self._sweep.train(settings, stop):
            accuracy = report.validation_accuracy or 0.0
            trial.report(accuracy, report.epoch)
            if report.epoch < report.epochs and trial.should_prune():
                raise TrialPruned
        return accuracy

    def _hand_back(self, trial: Trial) -> None:
        """Leave the trial to be tried again; without a database its silence does so."""
        try:
            failed = self.study.tell(trial, state=TrialState.FAIL)
            if retry := self._storage.get_heartbeat_stale_trial_callback():
                retry(self.study, failed)
        except DATABASE_ERRORS:
            self._say("the database could not be told of the trial that was stopped")

    def _tell(self, _study: Study, trial: FrozenTrial) -> None:
        last = trial.intermediate_values.get(trial.last_step or 0)
        accuracy = "no epoch" if last is None else f"held-out accuracy {last:.4f}"
        settings = ", ".join(f"{k} {_shown(v)}" for k, v in trial.params.items())
        self._say(
            f"trial {trial.number} {trial.state.name.lower()}: {accuracy} with"
            f" {settings}; {self._count(*ENDED)} of {self._sweep.trials} have ended"
        )


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _study(sweep: Sweep, storage: StudyStorage) -> Study:
    """The study of that name; whoever makes it asks for the preset's own values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)  # constant_liar
        sampler = TPESampler(constant_liar=True)  # workers keep apart
    pruner = MedianPruner(n_warmup_steps=sweep.space.preset.epochs // 4)
    try:
        study = optuna.create_study(
            storage=storage, sampler=sampler, pruner=pruner, study_name=sweep.name,
            direction="maximize",
        )  # fmt: skip
    except DuplicatedStudyError:
        return optuna.load_study(
            storage=storage, sampler=sampler, pruner=pruner, study_name=sweep.name
        )
    study.enqueue_trial(sweep.space.first())
    return study
