"""MNIST CSV files: one row an image, the label and 784 pixels, no header."""

import gzip
import hashlib
import re
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trainer.data.dataset import Dataset
from trainer.errors import BadData

_COLUMNS = 785
_ROWS_AT_ONCE = 5_000


def read_csv(path: Path, limit: int | None = None) -> Dataset:
    """Read a .csv or .csv.gz in MNIST's form, at most the first `limit` rows.

    Raises BadData, which names the file and, where there is one, row and column.
    """
    try:
        rows = np.concatenate(list(_chunks(path, limit)))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, EOFError, zlib.error) as error:
        raise BadData(path, _why_unreadable(error)) from None
    except pd.errors.EmptyDataError:
        raise BadData(path, "the file is empty") from None
    except (ValueError, OverflowError, RuntimeWarning) as error:
        raise BadData(path, _first_fault(path) or str(error)) from None
    pixels = np.ascontiguousarray(rows[:, 1:])
    return Dataset(pixels, rows[:, 0].copy(), path.name, sha256)


def _why_unreadable(error: OSError | EOFError | zlib.error) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, gzip.BadGzipFile):
        return "it is named .gz but is not a whole gzip file"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "the gzip file is cut short or damaged"


def _chunks(path: Path, limit: int | None) -> Iterator[NDArray[np.uint8]]:
    # int64, then checked: a narrower dtype would wrap a large number silently.
    with _open(path) as file, warnings.catch_warnings():
        warnings.simplefilter(
            "error"
        )  # pandas' warning of a cast is a fault of the row
        for frame in pd.read_csv(
            file, header=None, dtype=np.int64, na_filter=False,
            chunksize=_ROWS_AT_ONCE, nrows=limit,
        ):  # fmt: skip
            rows = frame.to_numpy()
            if rows.shape[1] != _COLUMNS or rows.min() < 0 or rows.max() > 255:
                raise ValueError("values out of range")
            if rows[:, 0].max() > 9:
                raise ValueError("label out of range")
            yield rows.astype(np.uint8)


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    if path.name.endswith(".gz"):
        return gzip.open(path)
    return path.open("rb")


def _first_fault(path: Path) -> str | None:
    """Where the first row that is not of MNIST's form goes wrong, in words."""
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            if _is_plainly_good(line):
                continue
            fields = line.decode("utf-8", "replace").strip("\r\n\ufeff").split(",")
            if fields != [""] and (fault := _row_fault(fields, number)):
                return f"row {number}, {fault}"
    return None


def _is_plainly_good(line: bytes) -> bool:
    """Whether a line is beyond doubt; quick, as a fault may be in the last of many."""
    if not re.fullmatch(rb"[0-9](?:,[0-9]{1,3}){784}\s*", line):
        return False
    return max(map(int, line.split(b","))) <= 255


def _row_fault(fields: list[str], number: int) -> str | None:
    if number == 1 and not re.match(r"\s*-?[0-9.]+\s*$", fields[0]):
        return (
            f"column 1: {fields[0][:20]!r} is not a label;"
            " MNIST's CSV files have no header row: remove it"
        )
    if len(fields) != _COLUMNS:
        last = min(len(fields), _COLUMNS) + 1
        return f"column {last}: {len(fields)} columns, not 785 (label and 784 pixels)"
    for column, field in enumerate(fields, start=1):
        highest = 9 if column == 1 else 255
        if not _is_whole(field, highest):
            what = "label" if column == 1 else "pixel"
            return f"column {column}: {field[:20]!r} is not a {what} (0 to {highest})"
    return None


def _is_whole(field: str, highest: int) -> bool:
    return bool(re.fullmatch(r"\s*\+?[0-9]{1,18}\s*", field)) and int(field) <= highest
