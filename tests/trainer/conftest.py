"""What the trainer's tests share: digits, CSV files of a few of them, quick runs."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.commands import Place
from tests.support.stores import root_of
from tests.trainer import csv_files
from tests.trainer.stopped_runs import KINDS, Options, in_batch, run_stopped
from trainer import pipeline
from trainer.data.dataset import Dataset
from trainer.data.embedded import read_embedded


@pytest.fixture(scope="session")
def embedded() -> Dataset:
    """The embedded set, all 1,797 rows."""
    return read_embedded()


@pytest.fixture(scope="session")
def digits(embedded: Dataset) -> Dataset:
    """The same, moved by a pixel, so that a file of them is not the embedded set."""
    return replace(embedded, pixels=np.roll(embedded.pixels, 1, axis=1))


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
    return root_of(place.store)


@pytest.fixture
def trained(place: Place, trained_store: Path) -> Place:
    """A place whose version 1 such a training has published."""
    shutil.copytree(trained_store, root_of(place.store))
    return place


@pytest.fixture(scope="session")
def tiny(csv_directory: Path, digits: Dataset) -> tuple[object, ...]:
    """A sweep of some trials of milliseconds; its test file does not exist."""
    train = csv_files.write(
        csv_directory / "sweep.csv", csv_files.rows_of(digits.rows(slice(120)))
    )
    missing = csv_directory / "no test rows.csv"
    return (
        *("sweep", "--train", train, "--test", missing, "--epochs", 2),
        *("--no-augment", "--hidden", 8, "--trials", 3),
    )


@pytest.fixture(scope="session")
def commands(
    csv_directory: Path, digits: Dataset, test_csv: Path
) -> dict[str, Options]:
    """A training of each kind."""
    rows = csv_files.rows_of(digits.rows(slice(250)))
    train = csv_files.write(csv_directory / "250.csv", rows)
    options = ("--train", train, "--test", test_csv, "--hidden", 16, "--seed", 5)
    commands: dict[str, Options] = {
        kind: ("train", *options, *own) for kind, own in KINDS.items()
    }
    embedded = ("--data", "embedded", "--limit", 250, *options[4:], *KINDS["default"])
    return {**commands, "embedded": ("train", *embedded)}


@pytest.fixture(scope="session")
def stopped_state(
    tmp_path_factory: pytest.TempPathFactory, commands: dict[str, Options]
) -> Path:
    """The state directory that a stopped run leaves; made once, to be copied."""
    place = Place(tmp_path_factory.mktemp("stopped"))
    run_stopped(place, {in_batch: 10}, *commands["default"])
    return place.root / "state"


@pytest.fixture
def stopped(place: Place, stopped_state: Path) -> Place:
    """A place where such a run was stopped."""
    shutil.copytree(stopped_state, place.root / "state")
    return place


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings in this process draw no plots, which takes longer than they do."""
    monkeypatch.setattr(pipeline, "report_on", lambda *_: None)
