"""How a training run shows itself: a live bar, plain lines in a log, or JSON lines."""

import json
import sys
import time
from dataclasses import asdict
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from trainer.training.epoch_report import EpochReport


class Reporter(Protocol):
    """What a training run tells as it goes; everything goes to stderr."""

    def say(self, text: str) -> None:
        """A line for a person."""

    def advance(self, fraction: float) -> None:
        """A fraction of the run, 0 to 1, is done; called after every batch."""

    def epoch_done(self, report: EpochReport) -> None:
        """An epoch ended."""

    def close(self) -> None:
        """The fit is over."""


class PlainReporter:
    """Lines for a log: every epoch of a slow run, about one in 2 s of a fast one.

    quiet_s: seconds from one line to the next; 0 for a line each epoch.
    """

    def __init__(self, quiet_s: float = 2.0) -> None:
        self._quiet_s = quiet_s
        self._quiet_until = 0.0

    def say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")

    def advance(self, fraction: float) -> None:
        """Say nothing: a log has no bar."""

    def epoch_done(self, report: EpochReport) -> None:
        if time.monotonic() >= self._quiet_until or report.epoch == report.epochs:
            self.say(str(report))
            self._quiet_until = time.monotonic() + self._quiet_s

    def close(self) -> None:
        """Nothing is open."""


class SilentReporter:
    """Tells nothing: for a fit that is a part of something larger."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def advance(self, fraction: float) -> None:
        """Say nothing."""

    def epoch_done(self, report: EpochReport) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Nothing is open."""


class JsonReporter:
    """One JSON object a line, for machines."""

    def say(self, text: str) -> None:
        self._write({"event": "message", "text": text})

    def advance(self, fraction: float) -> None:
        """Say nothing: a line for each batch would be too many."""

    def epoch_done(self, report: EpochReport) -> None:
        self._write({"event": "epoch", **asdict(report)})

    def close(self) -> None:
        """Nothing is open."""

    def _write(self, event: dict[str, object]) -> None:
        sys.stderr.write(json.dumps(event) + "\n")
        sys.stderr.flush()


class TerminalReporter:
    """A live bar with the figures of the last epoch."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task("training", total=1.0)

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False)

    def advance(self, fraction: float) -> None:
        self._bar.start()
        self._bar.update(self._task, completed=fraction)

    def epoch_done(self, report: EpochReport) -> None:
        self._bar.update(self._task, description=str(report))

    def close(self) -> None:
        self._bar.stop()


def reporter(kind: str) -> Reporter:
    """The reporter for --progress auto, epochs or json."""
    if kind == "json":
        return JsonReporter()
    if kind == "epochs":
        return PlainReporter(quiet_s=0)
    return TerminalReporter() if sys.stderr.isatty() else PlainReporter()
