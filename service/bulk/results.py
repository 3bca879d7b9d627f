"""The answers of a run: a file for each part until all are there, then one table."""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any, Final

from model_store.files.whole_file import whole_file
from service.bulk.errors import OtherJob
from service.bulk.scoring import Job, Result, Row
from service.bulk.sources import Part

COLUMNS: Final = tuple(field.name for field in fields(Row))


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

    def __init__(self, out: Path, job: Job, parts: Sequence[Part]) -> None:
        self._out, self._parts = out, parts
        self._directory = out.with_name(f".{out.name}.parts")  # hidden: no source
        text = json.dumps([asdict(job), [asdict(part) for part in parts]])
        self._digest = hashlib.sha256(text.encode()).hexdigest()

    def missing(self) -> list[int]:
        """The numbers of the parts that are still to do.

        Raises OtherJob, StoreUnavailable.
        """
        mark = self._directory / "job"
        if mark.exists() and mark.read_text() != self._digest:
            raise OtherJob(
                f"{self._directory} holds parts of a run with other sources, options or"
                " another model; remove it, or name another file with --out"
            )
        with whole_file(mark) as file:
            file.write(self._digest.encode())
        return [n for n in range(len(self._parts)) if not self._path(n).exists()]

    def write(self, number: int, result: Result | str) -> None:
        """Keep what a part came to, or why it came to nothing.

        Raises StoreUnavailable.
        """
        if isinstance(result, str):
            paths = self._parts[number].paths
            rows = [asdict(Row(path, error=result)) for path in paths]
            result = Result(rows=rows, joules=None, energy_source=None)
        with whole_file(self._path(number)) as file:
            file.write(json.dumps(result).encode())

    def finish(self) -> Totals:
        """Write the output from all parts and remove them. Raises StoreUnavailable."""
        write = _write_parquet if self._out.suffix == ".parquet" else _write_csv
        pictures = failed = 0
        joules, source = None, None

        def rows() -> Iterator[list[dict[str, Any]]]:
            nonlocal pictures, failed, joules, source
            for number in range(len(self._parts)):
                result = json.loads(self._path(number).read_bytes())
                pictures += len(result["rows"])
                failed += sum(row["error"] is not None for row in result["rows"])
                if result["joules"] is not None:
                    joules = (joules or 0.0) + result["joules"]
                    source = result["energy_source"]
                yield result["rows"]

        with whole_file(self._out) as file:
            write(file, rows())
        shutil.rmtree(self._directory, ignore_errors=True)
        return Totals(pictures, failed, joules, source)

    def _path(self, number: int) -> Path:
        return self._directory / f"{number:06d}.json"


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
