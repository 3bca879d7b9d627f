"""The options of the trainer's commands, and what they make of them."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from energy.cli.options import (
    carbon_option,
    root_option,
    settings_from,
    source_option,
    watts_option,
)
from model_store import ModelStore
from model_store.cli.command_line import store_options
from trainer.data.choice import DataChoice
from trainer.data.corrected import CorrectionSource
from trainer.data.recorded import RECORDED
from trainer.job import Job
from trainer.places import Places
from trainer.training.checkpoint import Checkpoints
from trainer.training.progress import reporter

Command = Callable[..., Any]


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


_file = click.Path(path_type=Path)

data_directory_option = click.option(
    "--data-directory",
    type=click.Path(path_type=Path),
    default=Path("data"),
    envvar="DIGITS_DATA",
    show_envvar=True,
    show_default=True,
    help="Where MNIST's CSV files are looked for, and downloaded to.",
)
threads_option = click.option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="T",
    default=lambda: min(2, os.cpu_count() or 1),
    show_default="2, or 1 on a single CPU",
    help="How many share a mini-batch, which changes no weight. More than two gain"
    " nothing.",
)
database_option = click.option(
    "--database-url",
    envvar="DIGITS_DATABASE_URL",
    show_envvar=True,
    metavar="URL",
    help="Where corrections and runs are kept: postgresql://user:password@host/name."
    " If left out, a SQLite file in the state directory.",
)
progress_option = click.option(
    "--progress",
    type=click.Choice(["auto", "epochs", "json"]),
    default="auto",
    show_default=True,
    help="How progress is shown on stderr. auto: a bar on a terminal, else a line every"
    " two seconds. epochs: a line with the cost after every epoch. json: one JSON"
    " object a line.",
)


_auto_option = click.option(
    "--data",
    default="auto",
    show_default=True,
    metavar="auto|embedded|DIR|FILE",
    help="The digits to train and test with. auto: MNIST in the data directory, else a"
    " checked download into it, else the embedded set (1,797 small digits of"
    " scikit-learn). DIR: the largest MNIST files in it. FILE: training rows, of which"
    " a fixed fifth is held out to test with, unless --test is given.",
)
_recorded_option = click.option(
    "--data",
    default=RECORDED,
    show_default=True,
    metavar="recorded|auto|embedded|DIR|FILE",
    help="recorded: the test rows that the version's metadata names, from the data"
    " directory. Else the test rows of what `train --data` would read.",
)


_test_option = click.option(
    "--test", type=_file, help="A CSV file of test rows: label, 784 pixels."
)


def data_options(command: Command) -> Command:
    """--data, --train, --test, --limit and --data-directory, as one `choice`."""

    @_auto_option
    @click.option(
        "--train", type=_file, help="A CSV file of training rows: label, 784 pixels."
    )
    @_test_option
    @click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Train on the first N training rows only; test rows are never cut.",
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


def test_data_options(command: Command) -> Command:
    """--data, --test and --data-directory, as one `choice` of test rows.

    By default they are those that a version recorded.
    """

    @_recorded_option
    @_test_option
    @data_directory_option
    @functools.wraps(command)
    def wrapped(data: str, test: Path | None, data_directory: Path, **rest: Any) -> Any:
        choice = DataChoice(data, None, test, None, data_directory)
        return command(choice=choice, **rest)

    return wrapped


def job_options(command: Command) -> Command:
    """The store, the progress, the threads and the energy meter, as one `job`."""

    @store_options
    @database_option
    @threads_option
    @progress_option
    @source_option
    @root_option
    @watts_option
    @carbon_option
    @functools.wraps(command)
    def wrapped(
        store: ModelStore,
        threads: int,
        progress: str,
        database_url: str | None,
        **rest: Any,
    ) -> Any:
        variables = [name for name in rest if name.startswith("DIGITS_")]
        energy = settings_from({name: rest.pop(name) for name in variables})
        corrections = CorrectionSource(database_url, store.state)
        checkpoints = Checkpoints(store.state / "checkpoints")
        places = Places(store, checkpoints, corrections)
        job = Job(places, reporter(progress), energy, threads)
        return command(job=job, **rest)

    return wrapped
