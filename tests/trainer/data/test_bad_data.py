"""Data that cannot be used: one line that says where, exit 2, nothing written."""

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import Place
from tests.trainer.csv_files import Rows, text_of, write

Spoil = Callable[[Rows], Rows]


def with_value(row: int, column: int, value: str) -> Spoil:
    """Another value in a place that is counted from 1, as the complaint counts."""

    def spoil(rows: Rows) -> Rows:
        rows[row - 1][column - 1] = value
        return rows

    return spoil


def with_columns(row: int, columns: int) -> Spoil:
    """A row cut or filled up to that many columns."""

    def spoil(rows: Rows) -> Rows:
        rows[row - 1] = (rows[row - 1] + ["0"] * 9)[:columns]
        return rows

    return spoil


QUICK = ("--hidden", 4, "--epochs", 1, "--no-augment")
HEADER = ["label", *(f"pixel{n}" for n in range(784))]
SPOILT: dict[str, tuple[Spoil, str]] = {
    "784 columns": (with_columns(3, 784), "row 3, column 785: 784 columns"),
    "786 columns": (with_columns(3, 786), "row 3, column 786: 786 columns"),
    "784 columns in row 1": (with_columns(1, 784), "row 1, column 785: 784 columns"),
    "786 columns in row 1": (with_columns(1, 786), "row 1, column 786: 786 columns"),
    "784 columns everywhere": (lambda r: [row[:-1] for row in r], "row 1, column 785"),
    "a comma too many": (lambda r: [[*row, ""] for row in r], "row 1, column 786"),
    "a pixel of 256": (with_value(4, 9, "256"), "row 4, column 9: '256'"),
    "a pixel of -1": (with_value(4, 785, "-1"), "row 4, column 785: '-1'"),
    "a pixel of 1.5": (with_value(4, 2, "1.5"), "row 4, column 2: '1.5'"),
    "a pixel of NaN": (with_value(4, 9, "NaN"), "row 4, column 9: 'NaN'"),
    "a pixel of inf": (with_value(4, 9, "inf"), "row 4, column 9: 'inf'"),
    "a pixel of text": (with_value(4, 9, "dark"), "row 4, column 9: 'dark'"),
    "a pixel of nothing": (with_value(4, 9, ""), "row 4, column 9: ''"),
    "a pixel of 5,000 digits": (with_value(4, 9, "1" * 5000), "row 4, column 9: '111"),
    "a pixel of two lines": (with_value(4, 9, '"1\n2"'), "row 4, column"),
    "a label of 10": (with_value(5, 1, "10"), "row 5, column 1: '10' is not a label"),
    "a label of -1": (with_value(5, 1, "-1"), "row 5, column 1: '-1' is not a label"),
    "a label of text": (with_value(5, 1, "two"), "row 5, column 1: 'two'"),
    "a label of 10 in row 1": (with_value(1, 1, "10"), "row 1, column 1: '10'"),
    "a header further down": (lambda rows: [*rows, HEADER], "row 49, column 1"),
}


def train(place: Place, file: Path, test: Path) -> str:
    """The line that a training with this file ends with."""
    files = ("--train", file, "--test", test)
    line = place.run("trainer", "train", *files, *QUICK).error_line()
    assert len(line) < 400
    assert not (place.root / "models").exists()
    return line


@pytest.mark.parametrize("case", SPOILT.values(), ids=SPOILT)
def test_spoilt_row_is_named(
    place: Place, tmp_path: Path, rows: Rows, test_csv: Path, case: tuple[Spoil, str]
) -> None:
    spoil, text = case
    spoilt = spoil([list(row) for row in rows[:48]])
    file = write(tmp_path / "spoilt.csv", spoilt)
    line = train(place, file, test_csv)
    assert f"{file}: {text}" in line


def test_spoilt_test_row_is_named(
    place: Place, tmp_path: Path, rows: Rows, train_csv: Path
) -> None:
    spoilt = with_value(2, 7, "999")([list(row) for row in rows[48:]])
    file = write(tmp_path / "spoilt.csv.gz", spoilt)
    assert f"{file}: row 2, column 7: '999'" in train(place, train_csv, file)


def zip_of_deflate64(text: bytes) -> bytes:
    """As Windows packs large files; only the headers are looked at."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("d.csv", text)
    packed = bytearray(file.getvalue())
    packed[8:10] = (9).to_bytes(2, "little")  # of the member's own header
    central = packed.index(b"PK\x01\x02")
    packed[central + 10 : central + 12] = (9).to_bytes(2, "little")
    return bytes(packed)


Damage = Callable[[bytes], bytes]
DAMAGED: dict[str, tuple[str, Damage, str]] = {
    "an empty file": ("d.csv", lambda _: b"", "empty"),
    "an empty packed file": ("d.csv.gz", lambda _: b"", "empty"),
    "a packed file of nothing": ("d.csv.gz", lambda _: gzip.compress(b""), "empty"),
    "blank lines": ("d.csv", lambda _: b"\n\n\n", "empty"),
    "a packed file cut in half": (
        "d.csv.gz", lambda text: gzip.compress(text)[: len(gzip.compress(text)) // 2],
        "cut short",
    ),
    "a packed file without its end": (
        "d.csv.gz", lambda text: gzip.compress(text)[:-5], "cut short",
    ),
    "a packed file with rubbish after it": (
        "d.csv.gz", lambda text: gzip.compress(text) + b"rubbish", "damaged",
    ),
    "a zip of a compression that Python lacks": (
        "d.csv.zip", zip_of_deflate64, "Python cannot unpack",
    ),
    "random bytes": ("d.csv", lambda _: random.Random(3).randbytes(5000), ""),
    "text of UTF-16": ("d.csv", lambda text: text.decode().encode("utf-16"), "UTF-16"),
    "a row cut at the end": ("d.csv", lambda text: text[:-500], "row 48, column"),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGED.values(), ids=DAMAGED)
def test_damaged_file_is_named(
    place: Place,
    tmp_path: Path,
    rows: Rows,
    test_csv: Path,
    case: tuple[str, Damage, str],
) -> None:
    name, damage, text = case
    file = tmp_path / name
    file.write_bytes(damage(text_of(rows[:48]).encode()))
    line = train(place, file, test_csv)
    assert str(file) in line
    assert text in line


def test_missing_file_is_named(place: Place, tmp_path: Path, test_csv: Path) -> None:
    file = tmp_path / "nowhere.csv"
    assert f"{file}: no such file" in train(place, file, test_csv)


def test_missing_test_file_is_named_with_the_embedded_set(place: Place) -> None:
    run = place.run("trainer", "train", "--data", "embedded", "--test", "nowhere.csv")
    assert "nowhere.csv: no such file" in run.error_line()


def test_directory_without_mnist_is_named(place: Place, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    line = place.run("trainer", "train", "--data", empty).error_line()
    assert str(empty) in line
    assert "MNIST_train.csv" in line


@pytest.mark.parametrize("more", [(), ("--limit", 1)], ids=["one row", "limit 1"])
def test_no_row_left_after_the_hold_out_is_told(
    place: Place, tmp_path: Path, rows: Rows, test_csv: Path, more: tuple[object, ...]
) -> None:
    file = write(tmp_path / "one.csv", rows[: 30 if more else 1])
    run = place.run("trainer", "train", "--train", file, "--test", test_csv, *more)
    line = run.stderr.splitlines()[-1]
    assert run.code == 2
    assert "none is left" in line
    assert file.name in line
    assert not (place.root / "models").exists()


def test_no_row_left_after_the_fixed_fifth_is_told(
    place: Place, tmp_path: Path, rows: Rows
) -> None:
    file = write(tmp_path / "one.csv", rows[:1])
    line = place.run("trainer", "train", "--data", file).error_line()
    assert "one.csv" in line
    assert "none is left" in line


@pytest.mark.parametrize("more", [(), ("--limit", 2)], ids=["all", "limited"])
def test_training_rows_of_one_digit_are_refused(
    place: Place,
    tmp_path: Path,
    rows: Rows,
    test_csv: Path,
    more: tuple[object, ...],
) -> None:
    """The usual reason is that the label is in another column."""
    same = [["7", *row[1:]] for row in rows[:9]]
    file = write(tmp_path / "sevens.csv", [*same, *(rows[9:20] if more else [])])
    run = place.run("trainer", "train", "--train", file, "--test", test_csv, *more)
    line = run.error_line()
    assert "sevens.csv" in line
    assert "labelled 7" in line
    assert "another column" in line


def test_digits_that_no_training_row_shows_are_named(
    place: Place, tmp_path: Path, rows: Rows, test_csv: Path
) -> None:
    some = [row for row in rows[:48] if row[0] not in "38"]
    file = write(tmp_path / "some.csv", some)
    run = place.run("trainer", "train", "--train", file, "--test", test_csv, *QUICK)
    assert run.code == 0
    assert "no training row of some.csv is labelled 3, 8" in run.stderr
    assert place.store.load(1).card.data["train"]["missing_labels"] == [3, 8]
