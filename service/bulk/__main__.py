"""`python -m service.bulk`: scores archives of pictures."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from model_store import ModelStore
from model_store.address import (
    ALLOWED,
    check_installed,
    is_bucket,
    store_address,
    without_credentials,
)
from model_store.cli.build import version_option
from model_store.cli.command_line import json_option, run, store_options
from model_store.errors import StoreError
from service.bulk.errors import BulkError
from service.setting import ConfigError

_ENDINGS = (".csv", ".parquet")


@click.command()
@version_option("service.bulk")
@click.argument(
    "sources",
    nargs=-1,
    required=True,
    callback=lambda _ctx, _param, given: [*map(_address, given)],
    metavar="SOURCE...",
)
@click.option(
    "--out",
    required=True,
    callback=lambda _ctx, _param, given: _address(given),
    metavar="TABLE",
    help="The table to write: a row for each picture, as .csv or .parquet.",
)
@click.option(
    "--read", "numbers", is_flag=True, help="Read whole numbers, as /read does."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes of this host  [default: one for each CPU that may be used]",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A Dask scheduler, as tcp://10.0.0.5:8786, in place of this host's processes.",
)
@store_options
@json_option
def main(
    store: ModelStore,
    sources: list[str],
    out: str,
    as_json: bool,
    **how: Any,
) -> None:
    """Score pictures by the thousand: folders, zip and tar archives, TIFF, MNIST CSV.

    Each, and the table, may lie on this host or in a bucket (s3://BUCKET/PREFIX, also
    gs:// and az://).

    Writes a row for each picture: source, label, confidence, warnings, version, error.
    A run that was interrupted goes on where it stood when it is started again. So:

    python -m service.bulk scans/ more.zip --out labels.csv
    """
    _check(out)
    from service.bulk.job import score_all  # noqa: PLC0415 (Dask takes a moment)

    document = score_all(store, sources, out, **how)
    click.echo(json.dumps(document) if as_json else _line(document))


def _address(source: str) -> str:
    """A source or the table, as every host finds it."""
    try:
        check_installed(store_address(source))
    except ValueError:
        told = without_credentials(source)
        raise click.BadParameter(f"{told!r} is not allowed: {ALLOWED}") from None
    return source if is_bucket(source) else str(Path(source).resolve())


def _check(out: str) -> None:
    """Refuse what cannot be written, before anything is scored."""
    if not out.endswith(_ENDINGS):
        raise click.UsageError(f"--out {out}: it must end in {' or '.join(_ENDINGS)}")
    if is_bucket(out) and "/" not in out.partition("://")[2]:
        raise click.UsageError(f"--out {out}: it names a bucket, and no table in it")
    if not is_bucket(out) and Path(out).is_dir():
        raise click.UsageError(f"--out {out}: it is a directory")
    needed = ["distributed"] + ["pyarrow"] * out.endswith(".parquet")
    if missing := [name for name in needed if not find_spec(name)]:
        raise click.UsageError(
            f"{' and '.join(missing)} is not installed: pip install 'digits[bulk]'"
        )


def _line(document: dict[str, Any]) -> str:
    told = (
        "{pictures} pictures, {failed} of them not read, by version {version} in"
        " {seconds} s"
    )
    if document["joules"] is not None:
        told += ", {joules:.1f} J ({energy_source})"
    return (told + ": {out}").format(**document)


if __name__ == "__main__":
    run(main, "python -m service.bulk", (StoreError, BulkError, ConfigError))
