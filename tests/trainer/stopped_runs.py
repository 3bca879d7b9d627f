"""Trainings that a signal stops at an exact moment."""

import os
import pkgutil
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from tests.support.commands import Place, Run

Options = tuple[object, ...]

# 230 rows in batches of 32 are 8 batches an epoch. Per-sample SGD has 250 rows, and
# looks at the clock (and at signals) after each 100 of them.
KINDS: dict[str, Options] = {
    "default": ("--epochs", 3, "--batch-size", 32, "--augment"),
    "notebook": ("--preset", "notebook", "--epochs", 3),
}


def run_stopped(place: Place, moments: Mapping[str, int], *arguments: object) -> Run:
    """Run `python -m trainer`; SIGTERM comes at the nth call of each named function."""
    return place.start_prepared(
        (_send_signals, dict(moments)), "trainer", *arguments
    ).end()


def checkpoints(place: Place) -> list[Path]:
    return sorted((place.root / "state").rglob("*.npz"))


def _send_signals(moments: Mapping[str, int]) -> None:
    for name, nth in moments.items():
        mock.patch(name, _signalling(pkgutil.resolve_name(name), nth)).start()


def _signalling(function: Callable[..., Any], nth: int) -> Callable[..., Any]:
    calls: list[int] = []

    def called(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == nth:
            os.kill(os.getpid(), signal.SIGTERM)
        return function(*arguments, **named)

    return called
