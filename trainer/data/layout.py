"""How a CSV file of digits is laid out: separator, header, which column is what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trainer.errors import DataFault

_SEPARATORS = (";", "\t", "|", ",", " ")
_LABELS = {"label", "labels", "class", "target", "digit", "y"}
_INDICES = {"", "index", "id", "row", "unnamed: 0"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf)", re.I)
_VALUES = 785
_BLANK = b" \r\n\xef\xbb\xbf"
_LONGEST_LINE = 2**16  # bytes; as numpy writes numbers, a row has 20,000


@dataclass(frozen=True)
class Layout:
    """Where a row's label and pixels are.

    Attributes:
        separator: between two columns.
        first_line: how many lines come before the first row, with the header.
        columns: how many a row has.
        values: the 785 columns of label and pixels, the pixels in MNIST's order.
        is_named: False if no header names the label, which is then the first or the
            last one of `values`.
    """

    separator: str
    first_line: int
    columns: int
    values: tuple[int, ...]
    is_named: bool = False

    @property
    def is_indexed(self) -> bool:
        """Whether each row begins with its number, though no header says so."""
        return self.columns > _VALUES and not self.first_line


def split(line: bytes, separator: str) -> list[str]:
    """The columns of a line, without quotes and blanks around them."""
    text = line.decode("utf-8", "replace").strip("\r\n\ufeff")
    columns = text.split(separator)
    return [column.strip().strip('"').strip() for column in columns]


def layout_of(lines: Sequence[bytes]) -> Layout:
    """The layout of a file that begins with these lines. Raises DataFault."""
    lines = [line[:_LONGEST_LINE] for line in lines]
    starts = [number for number, line in enumerate(lines) if line.strip(_BLANK)]
    plain = tuple(range(_VALUES))
    if not starts:
        return Layout(",", 0, _VALUES, plain)
    first = lines[starts[0]]
    separator = _separator(first.decode("utf-8", "replace"))
    names = [name.lower() for name in split(first.lstrip(b"# "), separator)]
    if _is_header(names):
        return _by_names(names, separator, starts[0] + 1)
    rows = [split(lines[start], separator) for start in starts[:2]]
    indexed = len(rows) == 2 and all(len(row) == _VALUES + 1 for row in rows)
    if indexed and _counts([row[0] for row in rows]):
        return Layout(separator, 0, _VALUES + 1, tuple(range(1, _VALUES + 1)))
    return Layout(separator, 0, _VALUES, plain)


def _separator(line: str) -> str:
    """What makes 785 or 786 columns, else what is there most often."""
    there = [separator for separator in _SEPARATORS if separator in line]
    if len(there) > 1 and " " in there:
        there.remove(" ")  # blanks around another one
    return max(
        there, key=lambda s: (line.count(s) in (784, 785), line.count(s)), default=","
    )


def _is_header(names: Sequence[str]) -> bool:
    texts = sum(not _NUMBER.fullmatch(name) for name in names)
    return 2 * texts > len(names) or bool(_LABELS & {*names}) or _numbers_columns(names)


def _numbers_columns(names: Sequence[str]) -> bool:
    """Whether they are the numbers that pandas gives to columns without names."""
    return _counts([name for name in names if name]) and len(names) >= _VALUES


def _counts(fields: Sequence[str]) -> bool:
    """Whether they are 0, 1, 2 ... or 1, 2, 3 ..."""
    return any(
        fields == [str(n + start) for n in range(len(fields))] for start in (0, 1)
    )


def _by_names(names: Sequence[str], separator: str, first_line: int) -> Layout:
    """Pixels go by the numbers in their names: pixel0, 1x1. Raises DataFault."""
    labels = [column for column, name in enumerate(names) if name in _LABELS]
    rest = [
        column for column, name in enumerate(names) if name not in _INDICES | _LABELS
    ]
    if not labels and _numbers_columns(names) and len(rest) == _VALUES:
        return Layout(separator, first_line, len(names), tuple(rest))
    header = f"row {first_line}: the header"
    if len(labels) != 1:
        many = "two label columns" if labels else "no label column"
        raise DataFault(f"{header} names {many} (label, class, target, digit or y)")
    if len(rest) != _VALUES - 1:
        raise DataFault(f"{header} names {len(rest)} pixels, not 784")
    places = {c: tuple(map(int, re.findall(r"\d+", names[c]))) for c in rest}
    if () in places.values() or len({*places.values()}) < len(rest):
        raise DataFault(f"{header} does not number the pixels: pixel0 to pixel783")
    pixels = sorted(rest, key=places.__getitem__)
    return Layout(
        separator, first_line, len(names), (labels[0], *pixels), is_named=True
    )
