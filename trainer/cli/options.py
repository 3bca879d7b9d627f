"""The options of more than one command, and what they make of them."""

import functools
import os
from collections.abc import Callable
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
from trainer.data.corrected import CorrectionSource
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
