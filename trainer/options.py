"""The options of the trainer's commands, and what they make of them."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from trainer.backprop import LOSSES, SLOPES
from trainer.data import DataChoice
from trainer.run import Request

Command = Callable[..., Any]

_SETTINGS = (
    "hidden",
    "activation",
    "loss",
    "learning_rate",
    "epochs",
    "batch_size",
    "augment",
)
_REQUEST = ("choice", "preset", "seed", "max_seconds", "max_joules")
_file = click.Path(path_type=Path)

data_directory_option = click.option(
    "--data-directory",
    type=click.Path(path_type=Path),
    default=Path("data"),
    envvar="DIGITS_DATA",
    show_envvar=True,
    show_default=True,
    help="Where auto looks for MNIST, and where it is downloaded to.",
)
progress_option = click.option(
    "--progress",
    type=click.Choice(["auto", "json"]),
    default="auto",
    show_default=True,
    help="json: one object a line, on stderr.",
)


class Layers(click.ParamType[tuple[int, ...]]):
    """A list of layer sizes such as 500,200."""

    name = "N,N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            sizes = tuple(int(size) for size in value.split(","))
        except ValueError:
            sizes = ()
        if not sizes or not all(1 <= size <= 10_000 for size in sizes):
            self.fail(
                f"{value!r} is not a list of layer sizes such as 500,200 (1 to 10000)"
            )
        return sizes


class Positive(click.ParamType[float]):
    """A number above 0."""

    name = "NUMBER"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            number = float(value)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            self.fail(f"{value!r} is not a number above 0")
        return number


def data_options(command: Command) -> Command:
    """--data, --train, --test, --limit and --data-directory, as one `choice`."""

    @click.option(
        "--data",
        default="auto",
        show_default=True,
        metavar="auto|embedded|DIR|FILE",
        help="auto: MNIST in the data directory, else a checked download into it, else"
        " the embedded set. DIR: the largest set in it. FILE: training rows.",
    )
    @click.option("--train", type=_file, help="A CSV file of training rows.")
    @click.option("--test", type=_file, help="A CSV file of test rows.")
    @click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Only the first N training rows; test rows are never cut.",
    )
    @data_directory_option
    @functools.wraps(command)
    def wrapped(
        data: str,
        train: Path | None,
        test: Path | None,
        limit: int | None,
        data_directory: Path,
        **rest: Any,
    ) -> Any:
        choice = DataChoice(data, train, test, limit, data_directory)
        return command(choice=choice, **rest)

    return wrapped


def training_options(command: Command) -> Command:
    """What a run is asked, as one `request`; goes below @data_options."""

    @_preset_option
    @_settings_options
    @_budget_options
    @functools.wraps(command)
    def wrapped(no_gate: bool, **given: Any) -> Any:
        asked = {name: given.pop(name) for name in _REQUEST}
        settings = {name: given.pop(name) for name in _SETTINGS}
        changes = {name: value for name, value in settings.items() if value is not None}
        request = Request(changes=changes, gated=not no_gate, **asked)
        return command(request=request, **given)

    return wrapped


_preset_option = click.option(
    "--preset",
    type=click.Choice(["notebook", "default"]),
    default="default",
    show_default=True,
    help="notebook: the course notes to the letter."
    " default: the best accuracy of the architecture.",
)


def _settings_options(command: Command) -> Command:
    options = [
        click.option("--hidden", type=Layers(), help="Nodes of the hidden layers."),
        click.option(
            "--activation",
            type=click.Choice(list(SLOPES)),
            help="Of the hidden layers.",
        ),
        click.option(
            "--loss",
            type=click.Choice(list(LOSSES)),
            help="tse has a sigmoid output, cross-entropy a softmax output.",
        ),
        click.option("--learning-rate", type=Positive(), metavar="A", help="Alpha."),
        click.option(
            "--epochs",
            type=click.IntRange(min=1),
            metavar="N",
            help="Passes through the training rows.",
        ),
        click.option(
            "--batch-size",
            type=click.IntRange(min=1),
            metavar="B",
            help="Rows for each update; 1 is per-sample SGD.",
        ),
        click.option(
            "--augment/--no-augment", default=None, help="Train on distorted copies."
        ),
        click.option(
            "--seed",
            type=click.IntRange(0, 2**32 - 1),
            metavar="S",
            help="Makes a run repeatable; a fresh one if left out.",
        ),
    ]
    return _apply(options, command)


def _budget_options(command: Command) -> Command:
    options = [
        click.option(
            "--max-joules",
            type=Positive(),
            metavar="J",
            help="Stop at the end of the batch that spends them, and publish.",
        ),
        click.option(
            "--max-seconds",
            type=Positive(),
            metavar="S",
            help="Stop at the end of the batch that passes them, and publish.",
        ),
        click.option(
            "--threads",
            type=click.IntRange(min=1),
            metavar="T",
            default=lambda: len(os.sched_getaffinity(0)),
            help="Cores to use; all if left out.",
        ),
        click.option(
            "--no-gate",
            is_flag=True,
            help="Publish without comparing to the served version.",
        ),
    ]
    return _apply(options, command)


def _apply(options: list[Command], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
