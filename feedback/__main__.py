"""The commands of the corrections: list, accept, reject, withdraw, export, migrate."""

import functools
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedback.corrections.records import (
    ACCEPTED,
    LABELS,
    PENDING,
    QUARANTINED,
    REJECTED,
    STATES,
    Correction,
    Review,
)
from feedback.errors import FeedbackError
from model_store import StoreError
from model_store.cli.build import version_option
from model_store.cli.command_line import json_option, run, state_option
from model_store.decisions.records import Author
from model_store.files.whole_file import whole_file

if TYPE_CHECKING:
    from feedback.corrections.store import CorrectionStore

Command = Callable[..., Any]

_ids = click.argument("ids", type=click.IntRange(min=1), nargs=-1, required=True)
_database_option = click.option(
    "--database-url",
    envvar="DIGITS_DATABASE_URL",
    show_envvar=True,
    metavar="URL",
    help="Where corrections are kept: postgresql://user:password@host/name. If left"
    " out, a SQLite file in the state directory.",
)


@click.group()
@version_option("feedback")
def main() -> None:
    """Look at what people corrected, and decide what is learnt of it."""


def feedback_command(name: str) -> Callable[[Command], click.Command]:
    """Make a function of (store, ..., as_json) a command with a database's options."""

    def decorate(function: Command) -> click.Command:
        @state_option
        @_database_option
        @json_option
        @functools.wraps(function)
        def wrapped(state: Path, database_url: str | None, **rest: Any) -> Any:
            # Its library takes a moment to load, which --help should not wait for.
            from feedback.corrections.store import CorrectionStore  # noqa: PLC0415

            return function(store=CorrectionStore.at(database_url, state), **rest)

        return main.command(name)(wrapped)

    return decorate


@feedback_command("list")
@click.option(
    "--only",
    "states",
    type=click.Choice(STATES),
    multiple=True,
    default=(PENDING, QUARANTINED),
    show_default=True,
    help="Only these; may be given several times.",
)
def list_corrections(
    store: "CorrectionStore", states: Sequence[str], as_json: bool
) -> None:
    """List the corrections that wait for a decision, the likeliest first."""
    found = store.listed(states)
    if as_json:
        click.echo(json.dumps({"corrections": [c.to_dict() for c in found]}))
        return
    for correction in found:
        click.echo(_line(correction))
    if not found:
        click.echo(f"no corrections are {' or '.join(states)}")


@feedback_command("accept")
@_ids
@click.option("--label", type=click.Choice(LABELS), help="What they show instead.")
def accept(
    store: "CorrectionStore", ids: Sequence[int], label: str | None, as_json: bool
) -> None:
    """Let the next training learn these corrections."""
    _decide(store, ids, Review(ACCEPTED, Author.this_user().by, label), as_json)


@feedback_command("reject")
@_ids
def reject(store: "CorrectionStore", ids: Sequence[int], as_json: bool) -> None:
    """Let no training learn these corrections."""
    _decide(store, ids, Review(REJECTED, Author.this_user().by), as_json)


@feedback_command("withdraw")
@_ids
def withdraw(store: "CorrectionStore", ids: Sequence[int], as_json: bool) -> None:
    """Erase the pixels of these corrections, as their senders can themselves."""
    gone = [store.withdraw(number) for number in ids]
    if as_json:
        told = [{**c.to_dict(), "learnt_by": versions} for c, versions in gone]
        click.echo(json.dumps({"corrections": told}))
        return
    for correction, versions in gone:
        learnt = ", ".join(map(str, versions)) or "none"
        click.echo(f"{correction.id}: erased; versions that learnt from it: {learnt}")


@feedback_command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(store: "CorrectionStore", file: Path, as_json: bool) -> None:
    """Write the accepted ones: FILE.csv as MNIST's, FILE.json for Label Studio."""
    from feedback.corrections.export import as_csv, as_label_studio  # noqa: PLC0415 (Pillow)

    kinds = {".csv": as_csv, ".json": as_label_studio}
    if file.suffix not in kinds:
        raise click.UsageError(f"{file} ends neither in .csv nor in .json")
    found = store.listed([ACCEPTED])
    with whole_file(file) as written:
        written.write(kinds[file.suffix](found).encode())
    if as_json:
        click.echo(json.dumps({"file": str(file), "corrections": len(found)}))
    else:
        click.echo(f"{len(found)} accepted corrections: {file}")


@feedback_command("migrate")
def migrate(store: "CorrectionStore", as_json: bool) -> None:
    """Make the database's tables, or bring those of an earlier release up to date."""
    from feedback.tables import HEAD  # noqa: PLC0415 (SQLAlchemy)

    store.database.migrate()
    click.echo(json.dumps({"tables": HEAD}) if as_json else f"tables are at {HEAD}")


def _decide(
    store: "CorrectionStore", ids: Sequence[int], review: Review, as_json: bool
) -> None:
    now = datetime.now(UTC)
    decided = [store.decide(number, review, now) for number in ids]
    if as_json:
        click.echo(json.dumps({"corrections": [c.to_dict() for c in decided]}))
        return
    for correction in decided:
        click.echo(_line(correction))


def _line(correction: Correction) -> str:
    panel = "-" if correction.panel is None else f"{correction.panel:.3f}"
    reason = f"  ({correction.reason})" if correction.reason else ""
    return (
        f"{correction.id:>6}  {correction.created:%Y-%m-%d %H:%M}Z"
        f"  {correction.predicted} -> {correction.label:<4}  panel {panel}"
        f"  {correction.state}{reason}"
    )


if __name__ == "__main__":
    run(main, "python -m feedback", (FeedbackError, StoreError))
