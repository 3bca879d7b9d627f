"""Where a CSV file of digits goes wrong: the first fault, by its row and column."""

import re
from pathlib import Path

from trainer.data.layout import Layout
from trainer.data.packed import opened

_NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.I | re.ASCII)


def first_fault(path: Path, layout: Layout) -> str | None:
    """The first row that is not a label and 784 pixels, in words; None if all are."""
    with opened(path) as file:
        for number, line in enumerate(file, start=1):
            if number <= layout.first_line or _is_plainly_good(line, layout):
                continue
            fields = layout.split(line.decode("utf-8", "replace"))
            if fields != [""] and (fault := _row_fault(fields, layout)):
                return f"row {number}, {fault}"
    return None


def _is_plainly_good(line: bytes, layout: Layout) -> bool:
    """Whether a line is beyond doubt; quick, as a fault may be in the last of many."""
    try:
        values = [*map(int, line.split(layout.separator.encode()))]
    except ValueError:
        return False
    if len(values) != layout.columns or values[_label(layout)] > 9:
        return False
    checked = [values[column] for column in layout.values]
    return min(checked) >= 0 and max(checked) <= 255


def _label(layout: Layout) -> int:
    return layout.values[0] if layout.label is None else layout.label


def _row_fault(fields: list[str], layout: Layout) -> str | None:
    count = layout.columns
    if len(fields) != count:
        what = "label and 784 pixels" if count == 785 else "as the first row"
        last = min(len(fields), count) + 1
        return f"column {last}: {len(fields)} columns, not {count} ({what})"
    for column in sorted(layout.values):
        what, highest = ("label", 9) if column == _label(layout) else ("pixel", 255)
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
