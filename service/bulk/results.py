"""The answers of a run: a file for each part until all are there, then one table."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from typing import IO, Any, Final

import click

from service.bulk.errors import OtherJob
from service.bulk.folders import folder_at
from service.bulk.scoring import Job, Result, Row
from service.bulk.sources import Part, in_lots

COLUMNS: Final = tuple(field.name for field in fields(Row))
_JOB: Final = "job"
_READ_AT_ONCE: Final = 8


@dataclass(frozen=True)
class Totals:
    """What a run came to; joules are None without an energy source."""

    pictures: int = 0
    failed: int = 0
    joules: float | None = None
    energy_source: str | None = None


class Results:
    """The parts of a run beside its output, which is written once all are there.

    A part's file appears whole, so a worker that is killed loses a part and no more,
    and whoever does a part again writes the same.
    """

    def __init__(self, out: str, job: Job, parts: Sequence[Part]) -> None:
        folder, _, self._name = out.rpartition("/")
        self._address = f"{folder}/.{self._name}.parts"  # hidden: no source
        self._folder, self._kept = folder_at(folder or "/"), folder_at(self._address)
        self._parts = parts
        text = json.dumps([asdict(job), [asdict(part) for part in parts]])
        self._digest = hashlib.sha256(text.encode()).hexdigest().encode()

    def missing(self) -> list[int]:
        """The numbers of the parts that are still to do.

        Raises OtherJob, StoreUnavailable, BucketAway.
        """
        kept = self._kept.names()
        if _JOB in kept and self._kept.read(_JOB) != self._digest:
            raise OtherJob(
                f"{self._address} holds parts of a run with other sources, options or"
                " another model; remove it, or name another file with --out"
            )
        with self._kept.written(_JOB) as file:
            file.write(self._digest)
        return [n for n in range(len(self._parts)) if _name(n) not in kept]

    def write(self, number: int, result: Result | str) -> None:
        """Keep what a part came to, or why it came to nothing.

        Raises StoreUnavailable, BucketAway.
        """
        if isinstance(result, str):
            paths = self._parts[number].paths
            rows = [asdict(Row(path, error=result)) for path in paths]
            result = Result(rows=rows, joules=None, energy_source=None)
        with self._kept.written(_name(number)) as file:
            file.write(json.dumps(result).encode())

    def finish(self) -> Totals:
        """Write the output from all parts and remove them.

        Raises StoreUnavailable, BucketAway.
        """
        write = _write_parquet if self._name.endswith(".parquet") else _write_csv
        pictures = failed = 0
        joules, source = None, None

        def rows() -> Iterator[list[dict[str, Any]]]:
            nonlocal pictures, failed, joules, source
            for result in self._results():
                pictures += len(result["rows"])
                failed += sum(row["error"] is not None for row in result["rows"])
                if result["joules"] is not None:
                    joules = (joules or 0.0) + result["joules"]
                    source = result["energy_source"]
                yield result["rows"]

        with self._folder.written(self._name) as file:
            write(file, rows())
        if not self._kept.remove():
            click.echo(
                f"{self._address} could not be removed; remove it before these sources"
                " change and are scored again, or its answers are taken",
                err=True,
            )
        return Totals(pictures, failed, joules, source)

    def _results(self) -> Iterator[Result]:
        """Of each part, in order; a few are read at once, for a bucket's sake."""
        names = map(_name, range(len(self._parts)))
        with ThreadPoolExecutor(_READ_AT_ONCE) as pool:
            for some in in_lots(names, _READ_AT_ONCE):
                yield from map(json.loads, pool.map(self._kept.read, some))


def _name(number: int) -> str:
    return f"{number:06d}.json"


def _write_csv(file: IO[bytes], parts: Iterator[list[dict[str, Any]]]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for rows in parts:
        writer.writerows(rows)
    text.detach()  # flushes, and leaves the file open


def _write_parquet(file: IO[bytes], parts: Iterator[list[dict[str, Any]]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 (an extra)
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {"confidence": pa.float64(), "version": pa.int64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    with pq.ParquetWriter(file, schema) as writer:
        for rows in parts:
            writer.write_table(pa.Table.from_pylist(rows, schema))
