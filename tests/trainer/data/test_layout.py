"""CSV files of other makers: read as what they say, or refused by name."""

import bz2
import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.csv_files import Rows, rows_of, text_of, write
from trainer.data.dataset import Dataset
from trainer.data.mnist_csv import read_csv
from trainer.errors import BadData

Change = Callable[[Rows], Rows]
PIXELS = [f"pixel{n}" for n in range(784)]
SQUARES = [f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)]


def label_last(rows: Rows) -> Rows:
    return [[*row[1:], row[0]] for row in rows]


def indexed(rows: Rows, start: int = 0) -> Rows:
    return [[str(number), *row] for number, row in enumerate(rows, start)]


def headed(names: Sequence[str], rows: Rows) -> Rows:
    return [[*names], *rows]


def shuffled(rows: Rows) -> Rows:
    """Columns in another order, each with its name."""
    order = random.Random(2).sample(range(785), 785)
    names = ["label", *PIXELS]
    return [[row[column] for column in order] for row in [names, *rows]]


READ: dict[str, Change] = {
    "MNIST's own": lambda rows: rows,
    "Kaggle's header": lambda rows: headed(["label", *PIXELS], rows),
    "a header of rows and columns": lambda rows: headed(["label", *SQUARES], rows),
    "OpenML's header": lambda rows: headed(
        [*(f"pixel{n}" for n in range(1, 785)), "class"], label_last(rows)
    ),
    "a header in capitals": lambda rows: headed(
        ["Label", *map(str.upper, PIXELS)], rows
    ),
    "numpy's header": lambda rows: headed(["# label", *PIXELS], rows),
    "a quoted header": lambda rows: headed(
        [f'"{name}"' for name in ("label", *PIXELS)], rows
    ),
    "columns in another order": shuffled,
    "columns in the order of their names": lambda rows: [
        [row[0], *(row[1 + int(name[5:])] for name in sorted(PIXELS))]
        for row in headed(["label", *PIXELS], rows)
    ],
    "pandas' numbers of columns": lambda rows: headed([*map(str, range(785))], rows),
    "pandas' numbers of columns and rows": lambda rows: headed(
        ["", *map(str, range(785))], indexed(rows)
    ),
    "an index with a name, not in order": lambda rows: headed(
        ["id", "label", *PIXELS], indexed(rows)[::-1]
    )[:1] + indexed(rows),
    "an index of text": lambda rows: headed(
        ["id", "label", *PIXELS],
        [[f"img_{n}.png", *row[1:]] for n, row in enumerate(indexed(rows))],
    ),
    "an index without a header": indexed,
    "an index from 1": lambda rows: indexed(rows, 1),
    "an index and the label last": lambda rows: indexed(label_last(rows)),
    "the label last": label_last,
    "quotes": lambda rows: [[f'"{value}"' for value in row] for row in rows],
    "blanks": lambda rows: [[f" {value}" for value in row] for row in rows],
    "numbers with a point": lambda rows: [
        [f"{value}.0" for value in row] for row in rows
    ],
    "numbers as numpy writes them": lambda rows: [
        [f"{float(value):.18e}" for value in row] for row in rows
    ],
}  # fmt: skip


@pytest.fixture
def some(digits: Dataset) -> Dataset:
    return digits.rows(slice(12))


def check(path: Path, some: Dataset) -> None:
    again = read_csv(path)
    np.testing.assert_array_equal(again.labels, some.labels)
    np.testing.assert_array_equal(again.pixels, some.pixels)


@pytest.mark.parametrize("change", READ.values(), ids=READ)
def test_layout_is_read(tmp_path: Path, some: Dataset, change: Change) -> None:
    check(write(tmp_path / "digits.csv", change(rows_of(some))), some)


@pytest.mark.parametrize("separator", [";", "\t", "|", " "])
@pytest.mark.parametrize("header", [[], ["label", *PIXELS]], ids=["plain", "header"])
def test_separator_is_found(
    tmp_path: Path, some: Dataset, separator: str, header: list[str]
) -> None:
    rows = [header, *rows_of(some)] if header else rows_of(some)
    (tmp_path / "d.csv").write_text("\n".join(map(separator.join, rows)))
    check(tmp_path / "d.csv", some)


@pytest.mark.parametrize(("prefix", "newline"), [("\ufeff", "\n"), ("\n\n", "\r\n")])
def test_header_after_a_byte_order_mark_or_blank_lines_is_read(
    tmp_path: Path, some: Dataset, prefix: str, newline: str
) -> None:
    lines = map(",".join, headed(["label", *PIXELS], rows_of(some)))
    (tmp_path / "d.csv").write_bytes((prefix + newline.join(lines)).encode())
    check(tmp_path / "d.csv", some)


def zipped(content: bytes, *names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("digits.csv", "__MACOSX/._digits.csv"):
            archive.writestr(name, content)
    return file.getvalue()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "nothing": bytes,
}


@pytest.mark.parametrize("name", ["d.csv", "d.csv.gz", "d.zip"])
@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_file_is_unpacked_by_its_content_whatever_its_name(
    tmp_path: Path, some: Dataset, name: str, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / name).write_bytes(pack(text_of(rows_of(some)).encode()))
    check(tmp_path / name, some)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (label_last, ["digits.csv: the last column is taken for the label"]),
        (indexed, ["digits.csv: the first column is taken for the number of the row"]),
        (READ["OpenML's header"], []),
        (READ["MNIST's own"], []),
    ],
)
def test_layout_that_is_inferred_is_said(
    tmp_path: Path, some: Dataset, change: Change, said: list[str]
) -> None:
    heard: list[str] = []
    read_csv(write(tmp_path / "digits.csv", change(rows_of(some))), say=heard.append)
    assert heard == said


def scaled(rows: Rows) -> Rows:
    return [[row[0], *(str(int(value) / 255) for value in row[1:])] for row in rows]


REFUSED: dict[str, tuple[Change, str]] = {
    "pixels of 0 to 1": (scaled, "if the pixels run from 0 to 1, multiply them by 255"),
    "pixels of 0 and 1": (
        lambda rows: [[row[0], *(str(int(v != "0")) for v in row[1:])] for row in rows],
        "its pixels run from 0 to 1: multiply them by 255",
    ),
    "a header without a label": (
        lambda rows: headed(PIXELS, [row[1:] for row in rows]),
        "row 1: the header names no label column",
    ),
    "a header with two labels": (
        lambda rows: headed(["label", *PIXELS, "class"], [[*r, r[0]] for r in rows]),
        "row 1: the header names two label columns",
    ),
    "a header of other pixels": (
        lambda rows: headed(["label", *PIXELS[:-1]], [row[:-1] for row in rows]),
        "row 1: the header names 783 pixels, not 784",
    ),
    "a header that numbers no pixels": (
        lambda rows: headed(["label", *["pixel"] * 784], rows),
        "row 1: the header does not number the pixels",
    ),
    "a label of 10 in a column with a name": (
        lambda rows: headed([*PIXELS, "class"], [[*row[1:], "10"] for row in rows]),
        "row 2, column 785: '10' is not a label",
    ),
    "a row of other length under a header": (
        lambda rows: headed(["label", *PIXELS], [*rows[:3], rows[3][:-1]]),
        "row 5, column 785: 784 columns",
    ),
    "no label on either side": (
        lambda rows: [["0", *row[1:-1], "30"] for row in rows],
        "name the columns in a header line",
    ),
    "the same number on the right of zeros": (
        lambda rows: [["0", *row[1:-1], "7"] for row in rows],
        "name the columns in a header line",
    ),
}


@pytest.mark.parametrize(("change", "text"), REFUSED.values(), ids=REFUSED)
def test_layout_that_cannot_be_read_is_named(
    tmp_path: Path, some: Dataset, change: Change, text: str
) -> None:
    file = write(tmp_path / "digits.csv", change(rows_of(some)))
    with pytest.raises(BadData) as refusal:
        read_csv(file)
    assert str(refusal.value).startswith(f"{file}: ")
    assert text in str(refusal.value)
    assert "remove" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (zipped(b"", "train.csv", "test.csv"), "the zip holds 2 files"),
        (zipped(b"", "[Content_Types].xml", "a.xml"), "Excel"),
        (b"\x28\xb5\x2f\xfd rest", "zstd"),
        (b"PAR1 rest", "Parquet"),
        (b"\0\0\x08\x03 rest", "IDX"),
        ("5,0".encode("utf-16"), "UTF-16"),
        (lzma.compress(b"5,0" * 9000)[:-20], "cut short or damaged"),
        (bz2.compress(b"5,0" * 9000)[:-20], "cut short or damaged"),
        (zipped(b"5,0" * 9000)[:-20], "cut short or damaged"),
    ],
)
def test_file_of_another_format_is_named(
    tmp_path: Path, content: bytes, text: str
) -> None:
    (tmp_path / "digits.csv").write_bytes(content)
    with pytest.raises(BadData, match=text):
        read_csv(tmp_path / "digits.csv")
