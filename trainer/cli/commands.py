"""The trainer's commands: train, first, evaluate, schedule, gates, data, sweep."""

import json
from pathlib import Path
from typing import NoReturn

import click

from model_store import ModelStore
from model_store.cli.build import version_option
from model_store.cli.command_line import json_option, run, store_options
from trainer.cli.data_commands import data
from trainer.cli.data_options import (
    data_directory_option,
    data_options,
    test_data_options,
)
from trainer.cli.options import job_options
from trainer.cli.schedule_commands import runs, schedule
from trainer.cli.sweep_command import sweep
from trainer.cli.training_options import training_options
from trainer.data.choice import DataChoice
from trainer.data.recorded import test_rows
from trainer.job import Job
from trainer.learning.evaluate import evaluate as evaluate_network
from trainer.learning.logic_gates import (
    MENDED,
    NOTES,
    gates_document,
    gates_text,
    learn_gates,
)
from trainer.report.text import evaluation_text, outcome_text
from trainer.request import Request
from trainer.retraining import MISTAKES
from trainer.training.progress import reporter


@click.group()
@version_option("trainer")
def main() -> None:
    """Train the digit network and publish versions of it to the model store."""


@main.command()
@data_options
@training_options
@job_options
@json_option
def train(request: Request, job: Job, as_json: bool) -> None:
    """Read the digits, train a network, test it, and publish it as a version.

    A running service takes a new version up by itself. Before that the gate compares:
    the network is refused if it gets fewer test rows right than the best version in the
    store, by more than chance explains. The same holds if the best version cannot read
    the test rows. A refused network is kept in rejected/ of the store.

    Ctrl-C or SIGTERM stops between two batches and leaves a checkpoint. The same
    command with --resume goes on from it, and ends with the same network as a run that
    nothing stopped.

    \b
    The notes' run:     python -m trainer train --preset notebook --data DIR
    The best accuracy:  python -m trainer train --data DIR
    A quick look:       python -m trainer train --data embedded --max-seconds 10
    """  # noqa: D301 (click reads the backspace as: keep these lines)
    outcome = job.run(request)
    text = outcome_text(outcome.evaluation, outcome.document)
    click.echo(json.dumps(outcome.document) if as_json else text)


@main.command()
@data_directory_option
@job_options
def first(data_directory: Path, job: Job) -> None:
    """Publish a quick first model if the store has no valid version.

    It trains for at most a minute on MNIST's CSV files in the data directory, or on the
    embedded set. It never downloads.
    """
    job.publish_first(data_directory)


@main.command()
@click.option(
    "--version",
    type=click.IntRange(min=1),
    metavar="N",
    help="The version to test; the served one if left out.",
)
@test_data_options
@store_options
@json_option
def evaluate(
    version: int | None, choice: DataChoice, store: ModelStore, as_json: bool
) -> None:
    """Test a stored version: scorecard of each digit, confusion matrix, accuracy.

    Without --data or --test the rows are those that the version was tested with when it
    was published. Their file is looked for in the data directory.
    """
    model = store.served() if version is None else store.load(version)
    test = test_rows(choice, model, reporter("auto").say)
    evaluation = evaluate_network(model.network, test)
    document = {
        "version": model.version,
        **evaluation.to_dict(),
        "data": test.to_dict(),
    }
    click.echo(json.dumps(document) if as_json else evaluation_text(evaluation))


@main.command()
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="S",
    default=0,
    show_default=True,
    help="Of the first weights; the same seed gives the same outputs.",
)
@click.option(
    "--as-in-the-notes",
    is_flag=True,
    help="No biases and a learning rate of 0.1, as in the course notes; XOR then fails."
    " Without it: biases and a rate of 1.",
)
@json_option
def gates(seed: int, as_in_the_notes: bool, as_json: bool) -> None:
    """Learn OR, AND, XOR, NAND and NOR with a small network of the same code."""
    tables = learn_gates(seed, NOTES if as_in_the_notes else MENDED)
    document = gates_document(tables)
    click.echo(json.dumps(document) if as_json else gates_text(tables))


main.add_command(data)
main.add_command(sweep)
main.add_command(schedule)
main.add_command(runs)


def run_commands() -> NoReturn:
    """Run the command that the command line names, and exit."""
    run(main, "python -m trainer", MISTAKES)
