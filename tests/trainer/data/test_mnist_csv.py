"""MNIST CSV files: all that are whole are read as what they say."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.csv_files import Rows, rows_of, text_of, write
from trainer.data import csv_rows
from trainer.data.dataset import Dataset
from trainer.data.mnist_csv import read_csv
from trainer.errors import BadData


@pytest.mark.parametrize("name", ["digits.csv", "digits.csv.gz"])
def test_file_is_read_as_it_was_written(
    tmp_path: Path, digits: Dataset, name: str
) -> None:
    some = digits.rows(slice(100))
    file = write(tmp_path / name, rows_of(some))
    again = read_csv(file)
    np.testing.assert_array_equal(again.pixels, some.pixels)
    np.testing.assert_array_equal(again.labels, some.labels)
    assert again.pixels.dtype == np.uint8
    assert again.labels.dtype == np.uint8
    assert again.to_dict() == {
        "file": name, "rows": 100,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "newline", "ending"),
    [
        ("", "\r\n", "\r\n"),
        ("", "\n", ""),
        ("\ufeff", "\n", "\n"),
        ("", "\n\n", "\n\n"),
    ],
    ids=["Windows", "no last newline", "byte order mark", "blank lines"],
)
def test_other_forms_of_text_are_read(
    tmp_path: Path, rows: Rows, prefix: str, newline: str, ending: str
) -> None:
    lines = text_of(rows).splitlines()
    plain, file = tmp_path / "plain.csv", tmp_path / "other.csv"
    write(plain, rows)
    file.write_bytes((prefix + newline.join(lines) + ending).encode())
    np.testing.assert_array_equal(read_csv(file).pixels, read_csv(plain).pixels)


@pytest.fixture
def in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are then as many chunks as the 60,000 of MNIST are."""
    monkeypatch.setattr(csv_rows, "_ROWS_AT_ONCE", 7)


@pytest.mark.usefixtures("in_chunks")
def test_file_of_several_chunks_is_read_whole(tmp_path: Path, digits: Dataset) -> None:
    some = digits.rows(slice(60))
    again = read_csv(write(tmp_path / "long.csv", rows_of(some)))
    np.testing.assert_array_equal(again.pixels, some.pixels)


@pytest.mark.usefixtures("in_chunks")
def test_fault_beyond_the_first_chunk_is_named(tmp_path: Path, rows: Rows) -> None:
    spoilt = [*rows[:50], ["10", *rows[50][1:]]]
    with pytest.raises(BadData, match=r"late\.csv: row 51, column 1: '10'"):
        read_csv(write(tmp_path / "late.csv", spoilt))


def test_full_mnist_is_read(mnist: Path) -> None:
    """60,000 and 10,000 rows; the counts of the labels are the published ones."""
    train = read_csv(mnist / "MNIST_train.csv.gz")
    test = read_csv(mnist / "MNIST_test.csv.gz")
    assert (len(train), len(test)) == (60_000, 10_000)
    assert np.bincount(train.labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.pixels.max() == 255


def test_notes_small_sets_are_read(mnist: Path) -> None:
    counts = {
        name: len(read_csv(mnist / f"MNIST_{name}.csv"))
        for name in ("train_100", "train_1000", "test_10", "test_100")
    }
    assert counts == {
        "train_100": 100, "train_1000": 1000, "test_10": 10, "test_100": 100,
    }  # fmt: skip


def test_packed_twice_is_not_unpacked_twice(tmp_path: Path, rows: Rows) -> None:
    file = tmp_path / "twice.csv.gz"
    file.write_bytes(gzip.compress(gzip.compress(text_of(rows).encode())))
    with pytest.raises(BadData, match="row 1"):
        read_csv(file)
