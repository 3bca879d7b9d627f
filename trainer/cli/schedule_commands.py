"""python -m trainer schedule, and the runs that it did."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from feedback import runs as run_rows
from feedback.database import Database
from feedback.runs import RunRecord
from model_store import __version__
from model_store.cli.build import commit
from model_store.cli.command_line import json_option, state_option
from trainer.cli.data_options import data_options
from trainer.cli.options import database_option, job_options
from trainer.cli.training_options import training_options
from trainer.retraining import Retraining
from trainer.schedule.cron import CronSchedule
from trainer.schedule.http import StatusPages, serve
from trainer.schedule.ledger import Ledger
from trainer.schedule.live_reporter import LiveReporter
from trainer.schedule.metrics import ScheduleMetrics
from trainer.schedule.scheduler import Scheduler
from trainer.schedule.status import Status

Command = Callable[..., Any]

_cron_help = (
    "When to train: minute hour day month weekday (0 and 7 are Sunday), in UTC, or in"
    " another time zone: 'CRON_TZ=Europe/Berlin 0 3 * * *'. Where day and weekday are"
    " both given, either is enough, as in cron."
)


def _service_options(command: Command) -> Command:
    for option in (
        click.option(
            "--host",
            envvar="DIGITS_HOST",
            show_envvar=True,
            default="127.0.0.1",
            show_default=True,
            help="Listen on this address.",
        ),
        click.option(
            "--port",
            type=click.IntRange(1, 65_535),
            envvar="DIGITS_TRAINER_PORT",
            show_envvar=True,
            default=8001,
            show_default=True,
            help="Answer /healthz, /readyz and /metrics on this port.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.option(
    "--cron", envvar="DIGITS_SCHEDULE", show_envvar=True, required=True, help=_cron_help
)
@click.option(
    "--keep-versions",
    type=click.IntRange(min=1),
    metavar="K",
    default=30,
    show_default=True,
    envvar="DIGITS_KEEP_VERSIONS",
    show_envvar=True,
    help="Remove all but the newest K versions after each run; never the one that is"
    " served.",
)
@_service_options
@data_options
@training_options
@job_options
def schedule(
    cron: str,
    keep_versions: int,
    host: str,
    port: int,
    **asked: Any,
) -> None:
    """Train again and again, at the moments of a cron expression.

    If the store has no valid version, a quick first model comes at once. A full run
    follows, unless the served version comes from a complete run on MNIST. After that,
    training begins at each moment that --cron names. With --resume, a run that was
    stopped goes on at once.

    Of several schedulers on one database only one trains; the others stand by. A
    moment that was missed is made up for within 12 hours. A run that would learn from
    the same data, corrections, settings and code as the one before is skipped. A run
    that fails is told, and the next moment is waited for.
    """
    request, job = asked["request"], asked["job"]
    moments = CronSchedule(cron, datetime.now(UTC))
    database = job.places.corrections.database()
    job.places.refuse_unwritable(request.choice.downloads_to)
    reporter = LiveReporter(job.reporter, Status(datetime.now(UTC)))
    store, data = job.places.store, request.choice.directory
    volumes = {"models": store.root, "state": store.state, "data": data}
    directories = {k: v for k, v in volumes.items() if isinstance(v, Path)}
    metrics = ScheduleMetrics(reporter.status, database, moments, directories)
    try:
        serve(StatusPages(metrics, store), host, port)
    except OSError as error:
        reporter.say(
            f"/healthz and /metrics are not answered: {host}:{port} cannot be listened"
            f" on ({error.strerror}); --port or DIGITS_TRAINER_PORT names another one"
        )
    ledger = Ledger(database, f"{__version__} {commit(os.environ)}")
    work = Retraining(replace(job, reporter=reporter), request, keep_versions)
    Scheduler(moments, ledger, work, reporter).run_forever()


@click.command()
@click.option("--cron", envvar="DIGITS_SCHEDULE", show_envvar=True, help=_cron_help)
@click.option(
    "--last",
    type=click.IntRange(min=1),
    metavar="N",
    default=20,
    show_default=True,
    help="How many runs, the newest of them.",
)
@database_option
@state_option
@json_option
def runs(
    cron: str | None, last: int, database_url: str | None, state: Path, as_json: bool
) -> None:
    """Show what the schedule did, is doing and will do; the newest run last."""
    following = None
    if cron:
        now = datetime.now(UTC)
        following = CronSchedule(cron, now).next_after(now).astimezone(UTC)
    database = Database.at(database_url, state)
    found: list[RunRecord] = []
    if not database.is_missing:
        with database.reading() as connection:
            found = run_rows.newest(connection, last)[::-1]
    if as_json:
        moment = following and following.isoformat(timespec="seconds")
        document = {"runs": [run.to_dict() for run in found], "next": moment}
        click.echo(json.dumps(document))
        return
    for run in found:
        click.echo(_told(run))
    if not found:
        click.echo("the schedule has run nothing yet")
    told = f"{following:%Y-%m-%d %H:%M} UTC" if following else "set DIGITS_SCHEDULE"
    click.echo(f"next: {told}")


def _told(run: RunRecord) -> str:
    due = f"{run.due:%Y-%m-%d %H:%M}" if run.due else "not by the schedule"
    took = "" if run.seconds is None else f"{run.seconds:.0f} s"
    what = run.state if run.version is None else f"{run.state} version {run.version}"
    why = run.error or run.verdict or ""
    return f"{run.id:>5}  {due:<19}  {took:>7}  {what:<22}  {why}".rstrip()
