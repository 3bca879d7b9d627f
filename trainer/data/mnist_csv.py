"""CSV files of digits: one row an image, a label and 784 pixels."""

import hashlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trainer.data.csv_fault import first_fault
from trainer.data.dataset import Dataset
from trainer.data.layout import BadHeader, Layout, layout_of
from trainer.data.packed import DAMAGE, opened
from trainer.errors import BadData

_ROWS_AT_ONCE = 5_000
_LINES_TO_LOOK_AT = 10
_LONGEST_LINE = 2**16  # bytes; as numpy writes numbers, a row has 20,000
_COLUMNS = 785
_UNCLEAR = (
    "every row begins with 0, so the first column is not the label, and the last one is"
    " none either; name the columns in a header line: label,pixel0,...,pixel783"
)

Table = NDArray[np.uint8]


def _keep_quiet(_text: str) -> None:
    """Tell nobody."""


def read_csv(
    path: Path, limit: int | None = None, say: Callable[[str], None] = _keep_quiet
) -> Dataset:
    """Read a CSV file, packed or not, at most the first `limit` rows.

    MNIST's own form is the label, then 784 pixels, without a header. With a header, the
    columns go by their names; without one, the label may also be the last column, and
    row numbers may come first: `say` is told. Whole numbers count however they are
    written (7, 7.0, 1e2).

    Raises BadData, which names the file and, where there is one, row and column.
    """
    try:
        layout = _look_at(path)
        table = np.concatenate(list(_chunks(path, layout, limit)))
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        labels, pixels = _taken_apart(path, table, layout, say)
    except DAMAGE:
        raise BadData(path, "the packed file is cut short or damaged") from None
    except OSError as error:
        raise BadData(path, _why_unreadable(error)) from None
    except BadHeader as error:
        raise BadData(path, str(error)) from None
    except pd.errors.EmptyDataError:
        raise BadData(path, "the file is empty") from None
    except (ValueError, OverflowError, RuntimeWarning) as error:
        raise BadData(path, first_fault(path, layout) or str(error)) from None
    return Dataset(pixels, labels, path.name, sha256)


def _why_unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return error.strerror or "the packed file is cut short or damaged"


def _look_at(path: Path) -> Layout:
    with opened(path) as file:
        lines = [file.readline(_LONGEST_LINE) for _ in range(_LINES_TO_LOOK_AT)]
    return layout_of([line.decode("utf-8", "replace") for line in lines])


def _chunks(path: Path, layout: Layout, limit: int | None) -> Iterator[Table]:
    """The columns `values` of the rows, (n, 785)."""
    read = sorted(layout.values)
    order = np.searchsorted(read, layout.values)
    # int64, then checked: a narrower dtype would wrap a large number silently.
    with opened(path) as file, warnings.catch_warnings():
        # pandas' warning of a cast is a fault of the row.
        warnings.simplefilter("error")
        for frame in pd.read_csv(
            file, sep=layout.separator, header=None, skiprows=layout.first_line,
            usecols=read if layout.columns > len(read) else None,
            dtype=np.int64, na_filter=False, chunksize=_ROWS_AT_ONCE, nrows=limit,
        ):  # fmt: skip
            rows = frame.to_numpy()
            if rows.shape[1] != len(read) or rows.min() < 0 or rows.max() > 255:
                raise ValueError("values out of range")
            narrow = rows.astype(np.uint8)
            yield narrow if list(layout.values) == read else narrow[:, order]


def _taken_apart(
    path: Path, table: Table, layout: Layout, say: Callable[[str], None]
) -> tuple[Table, Table]:
    """Labels, (n,), and pixels, (n, 784). Raises BadData, ValueError."""
    if layout.columns > _COLUMNS and not layout.first_line:
        say(f"{path.name}: the first column is taken for the number of the row")
    labels, pixels = table[:, 0], table[:, 1:]
    if layout.label is None and not labels.any() and table[:, -1].any():
        labels, pixels = table[:, -1], table[:, :-1]
        if labels.max() > 9 or len(np.unique(labels)) < 2:
            raise BadData(path, _UNCLEAR)
        say(f"{path.name}: the last column is taken for the label")
    if labels.max() > 9:
        raise ValueError("label out of range")
    if pixels.max() == 1:
        raise BadData(path, "its pixels run from 0 to 1: multiply them by 255")
    return labels.copy(), np.ascontiguousarray(pixels)
