"""The commands about the digits themselves: data fetch, describe, export."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from model_store.cli.command_line import json_option
from trainer.cli.data_options import data_directory_option, data_options
from trainer.data.choice import DataChoice, full_mnist
from trainer.data.describe import description, picture, row_document, show
from trainer.data.download import fetch
from trainer.data.export import export, export_pictures
from trainer.data.source import load
from trainer.errors import BadData
from trainer.training.progress import reporter

_PICTURES = 10


@click.group()
def data() -> None:
    """Get the digits that the network learns from, and look at them."""


@data.command("fetch")
@data_directory_option
@json_option
def fetch_mnist(data_directory: Path, as_json: bool) -> None:
    """Download MNIST, check it by its published checksums, and write it as CSV.

    Nothing is downloaded if the full sets are there, under whichever of their names.
    """
    there = full_mnist(data_directory)
    files = fetch(data_directory, reporter("auto").say, there=there)
    _print_files(files, as_json)


@data.command()
@data_options
@click.option(
    "--row",
    type=click.IntRange(min=0),
    metavar="N",
    help="Show this training row's picture; 0 is the first.",
)
@json_option
def describe(choice: DataChoice, row: int | None, as_json: bool) -> None:
    """Count rows and labels, check the one-hot targets, show a row's picture."""
    digits = load(choice, reporter("auto").say)
    rows = digits.train
    document: dict[str, Any] = description(digits)
    if row is not None:
        if row >= len(rows):
            last = f"the last training row is {len(rows) - 1}, there is no row {row}"
            raise BadData(Path(rows.file), last)
        document["row"] = row_document(rows, row)
    if as_json:
        click.echo(json.dumps(document))
        return
    show(document, Console(highlight=False, markup=False))
    if row is not None:
        click.echo(f"training row {row}, label {rows.labels[row]}")
        click.echo(picture(rows, row))


@data.command("export")
@data_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    required=True,
    help="The directory to write to.",
)
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    metavar="N",
    help="The first N rows of each set, as MNIST_train_N.csv and MNIST_test_N.csv.",
)
@click.option(
    "--png",
    is_flag=True,
    help="Test rows as pictures instead, one file each: 10, or --rows N of them.",
)
@json_option
def export_digits(
    choice: DataChoice, out: Path, rows: int | None, png: bool, as_json: bool
) -> None:
    """Write the digits as MNIST's CSV files: label, 784 pixels, no header.

    \b
    Sets as small as the notes':  python -m trainer data export --rows 100 --out DIR
    Pictures to send and look at: python -m trainer data export --png --out DIR
    """  # noqa: D301 (click reads the backspace as: keep these lines)
    digits = load(choice, reporter("auto").say)
    if png:
        _print_files(export_pictures(digits, out, rows or _PICTURES), as_json)
    else:
        _print_files(export(digits, out, rows), as_json)


def _print_files(paths: list[Path], as_json: bool) -> None:
    files = [str(path) for path in paths]
    click.echo(json.dumps({"files": files}) if as_json else "\n".join(files))
