"""The rows of a CSV file as numbers, or its first fault by row and column."""

import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trainer.data.layout import Layout, split
from trainer.errors import DataFault

_ROWS_AT_ONCE = 5_000
_BLANK = b" \r\n\xef\xbb\xbf"
_NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.I | re.ASCII)
_UNCLEAR = (
    "every row begins with 0, so the first column is not the label, and the last one is"
    " none either; name the columns in a header line: label,pixel0,...,pixel783"
)

Table = NDArray[np.uint8]


def read_rows(
    lines: Iterable[bytes],
    layout: Layout,
    limit: int | None,
    say: Callable[[str], None],
) -> tuple[Table, Table]:
    """Labels, (n,), and pixels, (n, 784). Raises DataFault."""
    blocks = list(_blocks(lines, layout, limit))
    if not blocks:
        raise DataFault("the file is empty")
    table = np.concatenate(blocks)
    blocks.clear()  # 47 MB of MNIST
    if layout.is_indexed:
        say("the first column is taken for the number of the row")
    labels, pixels = table[:, 0], table[:, 1:]
    if not layout.is_named and not labels.any() and table[:, -1].any():
        labels, pixels = table[:, -1], table[:, :-1]
        if labels.max() > 9 or len(np.unique(labels)) < 2:
            raise DataFault(_UNCLEAR)
        say("the last column is taken for the label")
    if pixels.max() == 1:
        raise DataFault("its pixels run from 0 to 1: multiply them by 255")
    return labels.copy(), np.ascontiguousarray(pixels)


def _blocks(
    lines: Iterable[bytes], layout: Layout, limit: int | None
) -> Iterator[Table]:
    """The layout's `values` of the rows, (n, 785), some rows at once."""
    numbered = enumerate(lines, start=1)
    after_header = islice(numbered, layout.first_line, None)
    rows = islice((row for row in after_header if row[1].strip(_BLANK)), limit)
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        try:
            yield _parsed(b"".join(line for _, line in block), layout)
        except (ValueError, OverflowError, RuntimeWarning) as error:
            raise DataFault(_first_fault(block, layout) or str(error)) from None


def _parsed(text: bytes, layout: Layout) -> Table:
    read = sorted(layout.values)
    with warnings.catch_warnings():
        # pandas' warning of a cast is a fault of the row.
        warnings.simplefilter("error")
        # int64, then checked: a narrower dtype would wrap a large number silently.
        rows = pd.read_csv(
            io.BytesIO(text), sep=layout.separator, header=None,
            usecols=read if layout.columns > len(read) else None,
            dtype=np.int64, na_filter=False,
        ).to_numpy()  # fmt: skip
    if rows.shape[1] != len(read) or rows.min() < 0 or rows.max() > 255:
        raise ValueError("values out of range")
    table = rows.astype(np.uint8)
    if list(layout.values) != read:
        table = table[:, np.searchsorted(read, layout.values)]
    if table[:, 0].max() > 9:
        raise ValueError("label out of range")
    return table


def _first_fault(block: Sequence[tuple[int, bytes]], layout: Layout) -> str | None:
    """The first row that is not a label and 784 pixels, in words; None if all are."""
    for number, line in block:
        if fault := _row_fault(split(line, layout.separator), layout):
            return f"row {number}, {fault}"
    return None


def _row_fault(fields: Sequence[str], layout: Layout) -> str | None:
    count = layout.columns
    if len(fields) != count:
        what = "label and 784 pixels" if count == 785 else "as the first row"
        last = min(len(fields), count) + 1
        return f"column {last}: {len(fields)} columns, not {count} ({what})"
    for column in sorted(layout.values):
        what, highest = ("label", 9) if column == layout.values[0] else ("pixel", 255)
        if not _is_whole(fields[column], highest):
            text = f"{fields[column][:20]!r} is not a {what} (0 to {highest})"
            return f"column {column + 1}: {text}{_advice(fields[column])}"
    return None


def _is_whole(field: str, highest: int) -> bool:
    """Whether it is a whole number, however it is written: 7, 7.0, 1e2."""
    if not _NUMBER.fullmatch(field):
        return False
    return float(field).is_integer() and float(field) <= highest


def _advice(field: str) -> str:
    if _NUMBER.fullmatch(field) and 0 < float(field) < 1:
        return "; if the pixels run from 0 to 1, multiply them by 255"
    return ""
