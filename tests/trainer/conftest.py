"""What the trainer's tests share: digits, CSV files of a few of them, quick runs."""

import shutil
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


@pytest.fixture(scope="session")
def csv_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files are that no test changes."""
    return tmp_path_factory.mktemp("csv")


@pytest.fixture(scope="session")
def train_csv(csv_directory: Path, rows: csv_files.Rows) -> Path:
    """A file of 48 training rows."""
    return csv_files.write(csv_directory / "train.csv", rows[:48])


@pytest.fixture(scope="session")
def test_csv(csv_directory: Path, rows: csv_files.Rows) -> Path:
    """A file of 12 test rows."""
    return csv_files.write(csv_directory / "test.csv", rows[48:])


@pytest.fixture(scope="session")
def quick(train_csv: Path, test_csv: Path) -> tuple[object, ...]:
    """The arguments of a training of some milliseconds."""
    return (
        *("train", "--train", train_csv, "--test", test_csv),
        # Compiled code, which augmentation is, takes a second to load.
        *("--hidden", 16, "--epochs", 2, "--no-augment", "--threads", 1, "--seed", 5),
    )


@pytest.fixture(scope="session")
def trained_store(
    tmp_path_factory: pytest.TempPathFactory, quick: tuple[object, ...]
) -> Path:
    """The store that such a training leaves; made once, to be copied."""
    place = Place(tmp_path_factory.mktemp("trained"))
    place.json("trainer", *quick)
    return place.store.root


@pytest.fixture
def trained(place: Place, trained_store: Path) -> Place:
    """A place whose version 1 such a training has published."""
    shutil.copytree(trained_store, place.store.root)
    return place
