"""The options that say which digits to train or to test with."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from trainer.data.choice import DataChoice
from trainer.data.recorded import RECORDED

Command = Callable[..., Any]

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
