"""Trainings that a signal stops at an exact moment.

A moment is a function of this module and a number n: SIGTERM comes at the nth call.
"""

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.support.commands import Place, Run
from trainer.learning import findings, sgd
from trainer.training import checkpoint, fit, training

Options = tuple[object, ...]
Moment = Callable[[int], None]

# 230 rows in batches of 32 are 8 batches an epoch. Per-sample SGD has 250 rows, and
# looks at the clock (and at signals) after each 100 of them.
KINDS: dict[str, Options] = {
    "default": ("--epochs", 3, "--batch-size", 32, "--augment"),
    "notebook": ("--preset", "notebook", "--epochs", 3),
}


def run_stopped(place: Place, moments: Mapping[Moment, int], *arguments: object) -> Run:
    """Run `python -m trainer`, stopped at these moments."""
    preparation = (_send_signals, dict(moments))
    return place.start_prepared(preparation, "trainer", *arguments).end()


def checkpoints(place: Place) -> list[Path]:
    return sorted((place.root / "state").rglob("*.npz"))


def in_batch(nth: int) -> None:
    _signal_in(sgd, "backprop", nth)


def in_samples(nth: int) -> None:
    """Per-sample SGD: in the nth look at the clock."""
    _signal_in(sgd, "train_one_by_one", nth)


def in_cost(nth: int) -> None:
    _signal_in(fit, "cost", nth)


def in_calibration(nth: int) -> None:
    _signal_in(training, "temperature", nth)


def in_evaluation(nth: int) -> None:
    _signal_in(findings, "predict", nth)


def in_checkpoint(nth: int) -> None:
    _signal_in(checkpoint, "whole_file", nth)


def _send_signals(moments: Mapping[Moment, int]) -> None:
    for moment, nth in moments.items():
        moment(nth)


def _signal_in(module: ModuleType, name: str, nth: int) -> None:
    """In a process of its own, which ends: nothing has to be undone."""
    setattr(module, name, _signalling(getattr(module, name), nth))


def _signalling(function: Callable[..., Any], nth: int) -> Callable[..., Any]:
    calls: list[int] = []

    def called(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == nth:
            os.kill(os.getpid(), signal.SIGTERM)
        return function(*arguments, **named)

    return called
