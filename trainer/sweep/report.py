"""What came of a sweep: the best settings, what mattered, and a page of it."""

import shlex
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import optuna
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from trainer.data.choice import DataChoice
from trainer.learning.settings import Settings
from trainer.report.page import Page, write_page
from trainer.sweep.plots import sweep_plots
from trainer.sweep.sweep import Sweep


@dataclass(frozen=True)
class Findings:
    """A study as it stands.

    Attributes:
        trials: all of them, in order.
        importance: each searched setting's share of what made the difference, 0 to 1;
            empty before there are enough trials.
    """

    sweep: Sweep
    choice: DataChoice
    trials: Sequence[FrozenTrial]
    importance: dict[str, float]

    @classmethod
    def of(cls, sweep: Sweep, choice: DataChoice, study: Study) -> "Findings":
        """Raises study_storage.DATABASE_ERRORS."""
        return cls(sweep, choice, study.get_trials(), _importance(study))

    def in_state(self, state: TrialState) -> list[FrozenTrial]:
        return [trial for trial in self.trials if trial.state == state]

    @property
    def best(self) -> FrozenTrial | None:
        """The complete trial of the highest accuracy, the first of equals."""
        complete = self.in_state(TrialState.COMPLETE)
        return max(complete, key=lambda trial: trial.value or 0.0, default=None)

    def to_dict(self) -> dict[str, Any]:
        """The object of `sweep --json`."""
        best = self.best
        names = ("complete", "pruned", "fail", "running", "waiting")
        return {
            "study": self.sweep.name,
            "trials": {
                name: len(self.in_state(TrialState[name.upper()])) for name in names
            },
            "best": best and self._best(best),
            "importance": self.importance,
        }

    def _best(self, best: FrozenTrial) -> dict[str, Any]:
        settings = self.sweep.space.settings(best.params)
        return {
            "trial": best.number,
            "validation_accuracy": best.value,
            "settings": settings.to_dict(),
            "command": train_command(settings, self.sweep, self.choice),
        }

    def text(self) -> str:
        """What a person is told."""
        document = self.to_dict()
        best, trials = document["best"], document["trials"]
        lines = [
            f"study {self.sweep.name}: {trials['complete']} trials complete,"
            f" {trials['pruned']} pruned"
        ]
        lines += [f"{name:<14}{share:6.1%}" for name, share in self.importance.items()]
        if best is None:
            return "\n".join([*lines, "no trial came to its end"])
        accuracy = f"{best['validation_accuracy']:.4f} of the held-out rows right"
        return "\n".join([*lines, f"best: {accuracy}", best["command"]])


def train_command(settings: Settings, sweep: Sweep, choice: DataChoice) -> str:
    """A command line that trains with these settings."""
    is_auto = choice.data == "auto" and not choice.train
    options: dict[str, object] = {
        "--preset": settings.preset,
        "--data": None if choice.train else choice.data,
        "--data-directory": choice.directory if is_auto else None,
        "--train": choice.train,
        "--test": choice.test,
        "--limit": choice.limit,
        "--hidden": ",".join(map(str, settings.hidden)),
        "--activation": settings.activation,
        "--loss": settings.loss,
        "--learning-rate": settings.learning_rate,
        "--batch-size": settings.batch_size,
        "--epochs": settings.epochs,
        "--seed": settings.seed,
        "--max-seconds": sweep.max_seconds,
    }
    words = [f"{k} {shlex.quote(str(v))}" for k, v in options.items() if v is not None]
    augment = "--augment" if settings.augment else "--no-augment"
    return " ".join(["python -m trainer train", *words, augment])


def write_findings(findings: Findings, directory: Path) -> Path:
    """The page, with its plots as PNG files beside it. Raises OSError."""
    rows = [
        f"<tr><td>{trial.number}</td><td>{trial.state.name.lower()}</td>"
        f"<td>{'' if trial.value is None else f'{trial.value:.4f}'}</td>"
        f"<td>{escape(str(trial.params))}</td></tr>"
        for trial in findings.trials
    ]
    head = "<tr><th>trial</th><th>state</th><th>accuracy</th><th>settings</th></tr>"
    table = f"<table>{head}{''.join(rows)}</table>"
    summary = f"<pre>{escape(findings.text())}</pre>{table}"
    page = Page(f"Sweep {findings.sweep.name}", summary)
    plots = sweep_plots(findings.trials, findings.importance)
    write_page(page, plots, directory)
    return directory / "index.html"


def _importance(study: Study) -> dict[str, float]:
    """None that is no more than a guess: Optuna then warns, or refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            return dict(optuna.importance.get_param_importances(study))
    except (RuntimeError, ValueError, UserWarning):
        return {}
