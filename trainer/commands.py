"""The trainer's commands: train, first, evaluate, schedule, data."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
from threadpoolctl import threadpool_limits

from energy import EnergyError, EnergySettings, open_meter
from model_store import ModelNotFound, ModelStore, StoreError, __version__
from model_store.command_line import json_option, run, state_option, store_option
from trainer.data import DataChoice, load, local_mnist
from trainer.errors import TrainerError
from trainer.evaluate import evaluate as evaluate_network
from trainer.fetch import fetch
from trainer.options import (
    data_directory_option,
    data_options,
    progress_option,
    training_options,
)
from trainer.progress import Reporter, reporter
from trainer.run import Outcome, Request, train_and_publish
from trainer.schedule import CronSchedule, run_forever
from trainer.scorecards import evaluation_text, outcome_text

_FIRST_MODEL_SECONDS = 60.0
_MISTAKES = (TrainerError, StoreError, EnergyError)


@click.group()
@click.version_option(__version__, prog_name="trainer")
def main() -> None:
    """Train the digit network and publish versions of it to the model store."""


@main.command()
@data_options
@training_options
@store_option
@state_option
@progress_option
@json_option
def train(
    request: Request,
    threads: int,
    store: Path,
    state: Path,
    progress: str,
    as_json: bool,
) -> None:
    r"""Load the digits, train, evaluate, and publish a version.

    A candidate with fewer right test answers than the served version is refused.

    \b
    The notes' run:     python -m trainer train --preset notebook --data DIR
    The best accuracy:  python -m trainer train --data DIR
    A quick look:       python -m trainer train --data embedded --max-seconds 10
    """
    outcome = _train(request, ModelStore(store, state), reporter(progress), threads)
    text = outcome_text(outcome.evaluation, outcome.document)
    click.echo(json.dumps(outcome.document) if as_json else text)


@main.command()
@data_options
@store_option
@state_option
@progress_option
def first(choice: DataChoice, store: Path, state: Path, progress: str) -> None:
    """Publish a quick first model if the store has no valid version.

    It trains for at most a minute on the MNIST CSVs at hand, or on the embedded set;
    it never downloads.
    """
    _publish_first(choice.directory, ModelStore(store, state), reporter(progress))


@main.command()
@click.option("--cron", envvar="DIGITS_SCHEDULE", show_envvar=True, required=True,
    help="When to train, in UTC: minute hour day month weekday.")  # fmt: skip
@data_options
@training_options
@store_option
@state_option
@progress_option
def schedule(
    cron: str,
    request: Request,
    threads: int,
    store: Path,
    state: Path,
    progress: str,
) -> None:
    """Train now and then: a quick first model if there is none, then by the clock.

    A full run follows the first model at once, unless the served version already
    comes from a complete run on MNIST. A run that fails is reported, and the next
    moment is waited for.
    """
    moments = CronSchedule(cron, datetime.now(UTC))
    models, report = ModelStore(store, state), reporter(progress)

    def job() -> None:
        try:
            outcome = _train(request, models, report, threads)
        except _MISTAKES as error:
            report.say(f"training failed: {error}")
        else:
            report.say(outcome_text(outcome.evaluation, outcome.document))

    _publish_first(request.choice.directory, models, report)
    if not _fully_trained(models):
        job()
    run_forever(moments, job, lambda: datetime.now(UTC), report.say)


@main.command()
@click.option("--version", type=click.IntRange(min=1), metavar="N",
    help="Which one; the served one if left out.")  # fmt: skip
@data_options
@store_option
@state_option
@json_option
def evaluate(
    version: int | None, choice: DataChoice, store: Path, state: Path, as_json: bool
) -> None:
    """Test a stored version: scorecards, confusion matrix, accuracy."""
    models = ModelStore(store, state)
    model = models.served() if version is None else models.load(version)
    test = load(choice, reporter("auto").say).test
    evaluation = evaluate_network(model.network, test)
    document = {"version": model.version, **evaluation.card(), "data": test.card()}
    click.echo(json.dumps(document) if as_json else evaluation_text(evaluation))


@main.group()
def data() -> None:
    """Get the digits that the network learns from."""


@data.command("fetch")
@data_directory_option
@json_option
def fetch_mnist(data_directory: Path, as_json: bool) -> None:
    """Download MNIST, check it by its published checksums, and write it as CSV.

    Nothing is downloaded if the files are there.
    """
    paths = fetch(data_directory, reporter("auto").say)
    document = {"files": [str(path) for path in paths]}
    click.echo(json.dumps(document) if as_json else "\n".join(document["files"]))


def run_commands() -> NoReturn:
    """Run the command that the command line names, and exit."""
    run(main, "python -m trainer", _MISTAKES)


def _train(
    request: Request, store: ModelStore, report: Reporter, threads: int
) -> Outcome:
    settings = EnergySettings.from_environ(os.environ)
    with threadpool_limits(threads):
        return train_and_publish(
            request, store, (open_meter(settings), settings), report
        )


def _publish_first(directory: Path, store: ModelStore, report: Reporter) -> None:
    try:
        report.say(f"the store has version {store.served().version}")
        return
    except ModelNotFound:
        report.say("the store has no valid version: training a quick first one")
    data = "auto" if local_mnist(directory) else "embedded"
    choice = DataChoice(data, None, None, None, directory)
    request = Request(choice, "default", {}, max_seconds=_FIRST_MODEL_SECONDS)
    outcome = _train(request, store, report, len(os.sched_getaffinity(0)))
    report.say(outcome_text(outcome.evaluation, outcome.document))


def _fully_trained(store: ModelStore) -> bool:
    card = store.served().card
    return not card.is_embedded and card.training.get("stopped_by") is None
