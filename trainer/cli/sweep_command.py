"""python -m trainer sweep: the command, and what it makes of its options."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from threadpoolctl import threadpool_limits

from model_store.cli.command_line import json_option, state_option
from trainer.cli.data_options import data_options
from trainer.cli.options import Positive, progress_option, threads_option
from trainer.cli.training_options import SETTINGS, preset_option, settings_options
from trainer.data.choice import DataChoice
from trainer.data.dataset import hold_out
from trainer.data.source import load_training
from trainer.errors import DatabaseGone
from trainer.learning.settings import settings_for
from trainer.training.progress import reporter

if TYPE_CHECKING:
    from trainer.sweep.sweep import Sweep

_SHORTER = 10  # a trial has a tenth of the preset's epochs, but at least as many


@dataclass(frozen=True)
class Search:
    """What the command line asks of a sweep."""

    choice: DataChoice
    preset: str
    changes: dict[str, Any]
    trials: int
    max_seconds: float | None
    threads: int

    def sweep(self, say: Callable[[str], None]) -> "Sweep":
        """Read the rows. Raises BadData, TooFewRows, click.UsageError."""
        from trainer.sweep.search_space import SEARCHED, SearchSpace  # noqa: PLC0415
        from trainer.sweep.sweep import Sweep  # noqa: PLC0415

        if set(SEARCHED) <= set(self.changes):
            raise click.UsageError(
                f"nothing to search: {', '.join(SEARCHED)} are given"
            )
        rows, embedded = load_training(self.choice, say)
        usual = settings_for(self.preset, embedded, 0, {}).epochs
        changes = {"epochs": max(_SHORTER, usual // _SHORTER), **self.changes}
        seed = changes.pop("seed", 0)
        preset = settings_for(self.preset, embedded, seed, changes)
        space = SearchSpace(preset, frozenset(self.changes))
        return Sweep(
            space, *hold_out(rows), self.trials, self.max_seconds, self.threads
        )


@click.command()
@data_options
@preset_option
@settings_options
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    metavar="N",
    default=20,
    show_default=True,
    help="Stop when N trials have ended, those of other workers and of earlier runs"
    " of the same study included.",
)
@click.option(
    "--max-seconds", type=Positive(), metavar="S", help="Stop a trial after S seconds."
)
@click.option(
    "--database-url",
    envvar="DIGITS_DATABASE_URL",
    show_envvar=True,
    metavar="URL",
    help="Where workers share the study: postgresql://user:password@host/name."
    " If left out, a SQLite file in the state directory.",
)
@state_option
@threads_option
@progress_option
@json_option
def sweep(
    state: Path,
    database_url: str | None,
    progress: str,
    as_json: bool,
    **asked: Any,
) -> int:
    """Search for the best settings, by accuracy on held-out training rows.

    Learning rate, hidden layers, batch size, augmentation and activation are searched.
    A setting that is given as an option stays as it is. The test rows are never read.

    Each trial trains with other settings; one that is worse than most others after as
    many epochs is ended early (pruned). The same command goes on with its study.
    Workers on several machines share it through one database; what a worker that dies
    was doing is done again.

    \b
    A first search:     python -m trainer sweep --data DIR --trials 20
    Of some settings:   python -m trainer sweep --data DIR --hidden 500,200 --augment
    """  # noqa: D301 (click reads the backspace as: keep these lines)
    teller = reporter(progress)
    changes = {name: asked.pop(name) for name in (*SETTINGS, "seed")}
    chosen = {name: value for name, value in changes.items() if value is not None}
    search = Search(changes=chosen, **asked)
    try:
        with threadpool_limits(1):  # the threads share the batches instead
            document, text = _run(search, database_url, state, teller.say)
    except DatabaseGone as error:
        sys.stderr.write(f"python -m trainer: {error}\n")
        return 1
    click.echo(json.dumps(document) if as_json else text)
    return 0


def _run(
    search: Search, url: str | None, state: Path, say: Callable[[str], None]
) -> tuple[dict[str, Any], str]:
    """What came of it, for machines and for people.

    Raises BadData, TooFewRows, BadDatabase, DatabaseGone.
    """
    # Optuna and matplotlib take a second to load, which no other command waits for.
    import optuna  # noqa: PLC0415

    from trainer.sweep.report import Findings, write_findings  # noqa: PLC0415
    from trainer.sweep.storage import DATABASE_ERRORS, open_storage  # noqa: PLC0415
    from trainer.sweep.worker import Worker  # noqa: PLC0415

    optuna.logging.disable_default_handler()
    plan = search.sweep(say)
    storage = open_storage(url, state)
    try:
        worker = Worker(plan, storage, say)
        worker.run()
        findings = Findings.of(plan, search.choice, worker.study)
    except DATABASE_ERRORS:
        raise DatabaseGone from None
    finally:
        storage.close()
    report: Path | None = None
    try:
        report = write_findings(findings, state / "sweeps" / plan.name)
        say(f"report on the sweep: {report}")
    except OSError as error:
        say(f"the sweep has no report: {error}")
    document = {**findings.to_dict(), "report": report and str(report)}
    return document, findings.text()
