"""The commands that choose what is served, and the one that shows who chose what."""

import json
from collections.abc import Callable
from typing import Any

import click

from model_store import Author, Canary, ModelNotFound, ModelStore
from model_store.cli.command_line import json_option, store_options

Command = Callable[..., Any]
_END = "end"


class _Share(click.ParamType[Canary | str]):
    """7:5 or `end`."""

    name = "N:PERCENT|end"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Canary | str:
        if value == _END:
            return _END
        try:
            canary = Canary.parse(value)
        except ValueError:
            canary = None
        if canary is None:
            self.fail(
                f"{value!r} is neither a version and a percentage over 0 and up to 100,"
                f" such as 7:5, nor {_END}"
            )
        return canary


_version = click.argument("version", type=click.IntRange(min=1))


def _why(command: Command) -> Command:
    return click.option(
        "--why", default="", metavar="TEXT", help="The reason, kept with your name."
    )(command)


@click.command()
@store_options
@json_option
@_why
@_version
def pin(store: ModelStore, version: int, why: str, as_json: bool) -> None:
    """Serve this version, whatever is newer, until unpin."""
    store.pin(version, Author.this_user(why))
    click.echo(json.dumps({"pinned": version}) if as_json else f"pinned {version}")


@click.command()
@store_options
@json_option
@_why
def unpin(store: ModelStore, why: str, as_json: bool) -> None:
    """Serve the newest valid version again."""
    store.unpin(Author.this_user(why))
    click.echo(json.dumps({"pinned": None}) if as_json else "the newest is served")


@click.command()
@store_options
@json_option
@_why
@_version
def withdraw(store: ModelStore, version: int, why: str, as_json: bool) -> None:
    """Let no host serve this version any more, nor the gate compare with it.

    Its file stays, for study. To take it back, remove the file beside it that ends in
    .withdrawn.
    """
    if version not in store.versions():
        raise ModelNotFound(version, store.root)
    store.withdrawals.add(version, Author.this_user(why))
    served = served_version(store)
    if as_json:
        click.echo(json.dumps({"withdrawn": version, "served": served}))
        return
    left = "no version is left to serve" if served is None else f"{served} is served"
    click.echo(f"withdrawn {version}; {left}")


@click.command()
@store_options
@json_option
@_why
@click.argument("share", type=_Share(), required=False)
def canary(
    store: ModelStore, share: Canary | str | None, why: str, as_json: bool
) -> None:
    """Let version N answer PERCENT of the predictions, or end that; else show it.

    Running services follow within DIGITS_RELOAD_SECONDS. What is chosen here counts
    more than DIGITS_CANARY. How a canary does is told by GET /models.
    """
    if isinstance(share, Canary):
        store.load(share.version)
        store.choice.start_canary(share, Author.this_user(why))
    elif share == _END:
        store.choice.end_canary(Author.this_user(why))
    last = store.choice.canary()
    chosen = last.canary() if last else None
    if as_json:
        click.echo(json.dumps({"canary": chosen.to_dict() if chosen else None}))
    elif chosen:
        click.echo(f"version {chosen.version} answers {chosen.percent:g} %")
    else:
        click.echo("no canary is chosen here" if last is None else "no canary")


@click.command()
@store_options
@json_option
def history(store: ModelStore, as_json: bool) -> None:
    """Show what was served when, and who decided it why; the newest last."""
    # It reads every version, which no other command here waits for.
    from model_store.history import history as events_of  # noqa: PLC0415

    events = events_of(store, [model.version for model in store.readable()])
    if as_json:
        click.echo(json.dumps({"events": [event.to_dict() for event in events]}))
        return
    for event in events:
        click.echo(str(event))
    if not events:
        click.echo(f"nothing has happened in {store.root}")


def served_version(store: ModelStore) -> int | None:
    """The version that a service which starts now would serve."""
    try:
        return store.served().version
    except ModelNotFound:
        return None
