"""The commands that look at versions and remove them; decide.py has the others."""

import json
from collections.abc import Callable
from typing import Any

import click

from model_store import ModelStore, StoreError
from model_store.card_text import card_text
from model_store.cli.build import version_option
from model_store.cli.command_line import json_option, store_options
from model_store.cli.decide import canary, history, pin, served_version, unpin, withdraw
from model_store.cli.listing import table
from model_store.errors import BrokenPin, ModelNotAllowed, ModelNotFound
from model_store.prune import prune


def store_command(name: str) -> Callable[[Callable[..., int | None]], click.Command]:
    """Make a function of (store, ..., as_json) a command with the store's options."""

    def decorate(function: Callable[..., int | None]) -> click.Command:
        return main.command(name)(store_options(json_option(function)))

    return decorate


@click.group()
@version_option("model_store")
def main() -> None:
    """Look at the stored versions of the model, and choose which one is served.

    The newest valid version is served unless one is pinned.
    """


@store_command("list")
def list_versions(store: ModelStore, as_json: bool) -> None:
    """List every version, the newest last, with its accuracy and its joules."""
    served, (pinned, fault) = served_version(store), _pinned(store)
    rows = [_row(store, version, served, pinned) for version in store.versions()]
    if as_json:
        click.echo(json.dumps({"versions": rows, "served": served, "pinned": pinned}))
        return
    click.echo("\n".join(table(rows)))
    if not rows:
        click.echo(f"no versions in {store.root}; python -m trainer train makes one")
    if pinned not in (None, served):
        fault = f"version {pinned} is pinned, but it is missing, broken or withdrawn"
    if fault:
        click.echo(fault)


@store_command("show")
@click.argument("version", type=click.IntRange(min=1))
def show(store: ModelStore, version: int, as_json: bool) -> None:
    """Show a version's settings, data, accuracy, cost and energy; --json: all of it."""
    card = store.read(version).card
    document = {"version": version, **card.to_dict()}
    click.echo(json.dumps(document) if as_json else card_text(version, card))


@store_command("verify")
@click.argument("version", type=click.IntRange(min=1), required=False)
def verify(store: ModelStore, version: int | None, as_json: bool) -> int:
    """Check one version, or all: exit 1 if one is broken, naming it."""
    versions = _asked(store, version)
    if not store.root.is_dir():
        raise click.UsageError(f"there is no model store at {store.root}")
    faults = {v: store.verify(v) for v in versions}
    if as_json:
        broken = {str(v): str(fault) for v, fault in faults.items() if fault}
        click.echo(json.dumps({"checked": versions, "broken": broken}))
    else:
        for v, fault in faults.items():
            click.echo(f"{v}: {_kind(fault)}: {fault}" if fault else f"{v}: valid")
        if not faults:
            click.echo(f"no versions in {store.root}")
    return 1 if any(faults.values()) else 0


@store_command("prune")
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many.")
def prune_store(store: ModelStore, keep: int, as_json: bool) -> None:
    """Remove all but the newest versions, with their reports, and refused models.

    The served, the pinned, the canary and the best version always stay.
    """
    removed, rejected = prune(store, keep)
    if as_json:
        click.echo(json.dumps({"removed": removed, "rejected": rejected}))
        return
    click.echo(f"removed {', '.join(map(str, removed)) or 'nothing'}")
    if rejected:
        click.echo(f"removed {len(rejected)} of the refused models")


def _asked(store: ModelStore, version: int | None) -> list[int]:
    versions = store.versions()
    if version is None:
        return versions
    if version not in versions:
        raise ModelNotFound(version, store.root)
    return [version]


def _pinned(store: ModelStore) -> tuple[int | None, str]:
    """The pinned version, and what is wrong with the pin."""
    try:
        return store.pinned(), ""
    except BrokenPin as error:
        return None, f"the pin is ignored: {error}"


def _row(
    store: ModelStore, version: int, served: int | None, pinned: int | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "version": version,
        "served": version == served,
        "pinned": version == pinned,
        "withdrawn": store.withdrawals.has(version),
    }
    try:
        card = store.read(version).card
    except StoreError as error:
        return {**row, "valid": False, "kind": _kind(error), "fault": str(error)}
    return {
        **row,
        "valid": True,
        "created": card.created,
        "layers": card.layers,
        "test_accuracy": card.test_accuracy,
        "joules": card.joules,
        "data": card.data.get("source"),
        "test": card.test_set,
    }


def _kind(fault: StoreError) -> str:
    return "not allowed" if isinstance(fault, ModelNotAllowed) else "broken"


for _command in (pin, unpin, withdraw, canary, history):
    main.add_command(_command)
