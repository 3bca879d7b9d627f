"""What the trainer's tests share: digits, CSV files of a few of them, quick runs."""

from pathlib import Path

import pytest

from tests.model_store.programs import Place
from tests.trainer import csv_files
from trainer.dataset import Dataset
from trainer.embedded import read_embedded


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """The embedded set, all 1,797 rows."""
    return read_embedded()


@pytest.fixture(scope="session")
def rows(digits: Dataset) -> csv_files.Rows:
    """The fields of the first 60 of them."""
    return csv_files.rows_of(digits.rows(slice(60)))


@pytest.fixture
def train_csv(tmp_path: Path, rows: csv_files.Rows) -> Path:
    """A file of 48 training rows."""
    return csv_files.write(tmp_path / "train.csv", rows[:48])


@pytest.fixture
def test_csv(tmp_path: Path, rows: csv_files.Rows) -> Path:
    """A file of 12 test rows."""
    return csv_files.write(tmp_path / "test.csv", rows[48:])


@pytest.fixture
def quick(train_csv: Path, test_csv: Path) -> tuple[object, ...]:
    """The arguments of a training of some milliseconds."""
    return (
        *("train", "--train", train_csv, "--test", test_csv),
        *("--hidden", 16, "--epochs", 2, "--threads", 1, "--seed", 5),
    )


@pytest.fixture
def trained(place: Place, quick: tuple[object, ...]) -> Place:
    """A place whose version 1 such a training has published."""
    place.json("trainer", *quick)
    return place
