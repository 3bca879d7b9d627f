"""The list of versions for a person; accuracies on different test rows stay apart."""

from collections.abc import Iterable, Sequence
from string import ascii_uppercase
from typing import Any

Row = dict[str, Any]


def table(rows: Sequence[Row]) -> list[str]:
    """A heading and a line for each version, with an accuracy column a test set.

    If there are several test sets, a line at the end says which one a column is of.
    """
    sets = list(dict.fromkeys(_test_set(row) for row in rows if _is_tested(row)))
    columns = _headings(len(sets))
    lines = [_line("version", "created", columns, "joules") + "  data"]
    lines += [_version(row, sets) for row in rows]
    if len(sets) > 1:
        lines += map("{}: {}".format, columns, sets)
    return lines


def _headings(test_sets: int) -> list[str]:
    if test_sets < 2:
        return ["accuracy"]
    letters = [*ascii_uppercase, *map(str, range(27, test_sets + 1))]
    return [f"test {letter}" for letter in letters[:test_sets]]


def _is_tested(row: Row) -> bool:
    return row["valid"] and row["test_accuracy"] is not None


def _test_set(row: Row) -> str:
    """Which rows a version was tested on."""
    file, rows, sha256 = (row["test"].get(name) for name in ("file", "rows", "sha256"))
    if file is None:
        return "unknown rows"
    return f"{rows} rows of {file} (SHA-256 {str(sha256)[:8]})"


def _version(row: Row, sets: Sequence[str]) -> str:
    states = [state for state in ("served", "pinned", "withdrawn") if row[state]]
    mark = f"  <- {', '.join(states)}" if states else ""
    if not row["valid"]:
        return f"{row['version']:>7}  {row['kind']}: {row['fault']}{mark}"
    accuracies = ["-"] * max(len(sets), 1)
    if _is_tested(row):
        accuracies[sets.index(_test_set(row))] = f"{row['test_accuracy']:.4f}"
    joules = "-" if row["joules"] is None else f"{row['joules']:.1f}"
    created = row["created"][:19] + "Z"
    return f"{_line(row['version'], created, accuracies, joules)}  {row['data']}{mark}"


def _line(version: Any, created: str, accuracies: Iterable[str], joules: str) -> str:
    columns = "".join(f"  {accuracy:>8}" for accuracy in accuracies)
    return f"{version:>7}  {created:<20}{columns}  {joules:>9}"
