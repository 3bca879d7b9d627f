"""Which digits are read, from what the command line says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import trainer.data.choice as choice_module
from tests.trainer.csv_files import Rows, rows_of, write
from trainer.data import source
from trainer.data.choice import DataChoice, local_mnist
from trainer.data.dataset import Dataset, hold_out
from trainer.data.export import export
from trainer.data.source import Digits, load, load_training
from trainer.errors import BadData, FetchFailed

TRAINING = [
    f"{prefix}_{name}{ending}"
    for name in ("train", "train_1000", "train_100")
    for prefix in ("MNIST", "mnist")
    for ending in (".csv", ".csv.gz")
]
TEST = [
    f"{prefix}_{name}{ending}"
    for name in ("test", "test_100", "test_10")
    for prefix in ("MNIST", "mnist")
    for ending in (".csv", ".csv.gz")
]


def choice(directory: Path, data: str = "auto", **more: Any) -> DataChoice:
    return DataChoice(**{
        "data": data, "train": None, "test": None, "limit": None,
        "directory": directory, **more,
    })  # fmt: skip


@pytest.fixture(autouse=True)
def _read_once(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded set takes a second to read; test_embedded reads it again."""
    monkeypatch.setattr(source, "read_embedded", lambda: digits)


def quiet(_text: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("name", TRAINING)
def test_every_name_of_a_training_set_is_known(
    tmp_path: Path, rows: Rows, name: str
) -> None:
    write(tmp_path / name, rows[:20])
    write(tmp_path / name.replace("train", "test"), rows[20:25])
    digits = load(choice(tmp_path, str(tmp_path)), quiet)
    assert digits.train.file == name
    # There is no _1000 among the test sets, so a fifth of 20 rows is held out.
    sizes = (16, 4) if "1000" in name else (20, 5)
    assert (len(digits.train), len(digits.test)) == sizes
    assert not digits.embedded


@pytest.mark.parametrize("name", TEST)
def test_every_name_of_a_test_set_is_known(
    tmp_path: Path, rows: Rows, name: str
) -> None:
    write(tmp_path / "mnist_train_100.csv", rows[:20])
    write(tmp_path / name, rows[20:25])
    digits = load(choice(tmp_path, str(tmp_path)), quiet)
    assert (digits.test.file, len(digits.test)) == (name, 5)


def test_largest_set_of_a_directory_is_taken(tmp_path: Path) -> None:
    for name in TRAINING + TEST:
        (tmp_path / name).touch()
    found = []
    for _ in range(3):
        pair = local_mnist(tmp_path)
        assert pair
        assert pair[1]
        found.append((pair[0].name, pair[1].name))
        size = pair[0].name.removeprefix("MNIST_").removesuffix(".csv")
        test_size = pair[1].name.removeprefix("MNIST_").removesuffix(".csv")
        for path in tmp_path.iterdir():
            if path.name.split(".")[0].lower() in (
                f"mnist_{size}", f"mnist_{test_size}"
            ):  # fmt: skip
                path.unlink()
    assert found == [
        ("MNIST_train.csv", "MNIST_test.csv"),
        ("MNIST_train_1000.csv", "MNIST_test_100.csv"),
        ("MNIST_train_100.csv", "MNIST_test_10.csv"),
    ]
    assert local_mnist(tmp_path) is None


def test_directory_of_that_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "MNIST_train.csv").mkdir()
    assert local_mnist(tmp_path) is None


def test_auto_takes_the_csvs_at_hand(tmp_path: Path, rows: Rows) -> None:
    write(tmp_path / "MNIST_train_100.csv", rows[:30])
    write(tmp_path / "MNIST_test_10.csv", rows[30:])
    said: list[str] = []
    digits = load(choice(tmp_path), said.append)
    assert (len(digits.train), len(digits.test), said) == (30, 30, [])
    assert digits.to_dict()["source"] == "mnist"


def test_auto_without_a_network_says_that_it_takes_the_embedded_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(_directory: Path, _say: object) -> None:
        raise FetchFailed("MNIST could not be downloaded (mirror: no connection)")

    monkeypatch.setattr(choice_module, "fetch", no_network)
    said: list[str] = []
    digits = load(choice(tmp_path), said.append)
    assert digits.embedded
    assert digits.to_dict()["source"] == "embedded"
    assert any("no connection" in text and "embedded set" in text for text in said)


def test_embedded_set_holds_out_a_fixed_fifth(tmp_path: Path, digits: Dataset) -> None:
    loaded = load(choice(tmp_path, "embedded"), quiet)
    assert (len(loaded.train), len(loaded.test)) == (1438, 359)
    together = np.concatenate([loaded.train.pixels, loaded.test.pixels])
    assert len(np.unique(together, axis=0)) == 1797
    again = load(choice(tmp_path, "embedded"), quiet)
    np.testing.assert_array_equal(again.test.pixels, loaded.test.pixels)
    assert set(loaded.test.labels) == set(digits.labels)


def test_file_without_a_test_holds_out_a_fixed_fifth(
    tmp_path: Path, rows: Rows
) -> None:
    file = write(tmp_path / "digits.csv", rows)
    first, again = (load(choice(tmp_path, str(file)), quiet) for _ in range(2))
    assert (len(first.train), len(first.test)) == (48, 12)
    np.testing.assert_array_equal(first.test.pixels, again.test.pixels)


def test_limit_cuts_training_rows_and_none_of_the_fixed_fifth(
    tmp_path: Path, rows: Rows
) -> None:
    file = write(tmp_path / "digits.csv", rows)
    whole = load(choice(tmp_path, str(file)), quiet)
    cut = load(choice(tmp_path, str(file), limit=40), quiet)
    assert (len(cut.train), len(cut.test)) == (40, 12)
    assert cut.test.pixels.tobytes() == whole.test.pixels.tobytes()
    assert cut.train.pixels.tobytes() == whole.train.pixels[:40].tobytes()


def test_files_stand_over_the_directory(
    tmp_path: Path, rows: Rows, train_csv: Path, test_csv: Path
) -> None:
    write(tmp_path / "MNIST_train_100.csv", rows[:5])
    write(tmp_path / "MNIST_test_10.csv", rows[:5])
    both = load(choice(tmp_path, train=train_csv, test=test_csv), quiet)
    assert (both.train.file, both.test.file) == ("train.csv", "test.csv")
    test_only = load(choice(tmp_path, test=test_csv), quiet)
    assert test_only.train.file == "MNIST_train_100.csv"
    assert test_only.test.file == "test.csv"


def test_test_file_stands_over_the_embedded_fifth(
    tmp_path: Path, test_csv: Path
) -> None:
    loaded = load(choice(tmp_path, "embedded", test=test_csv), quiet)
    assert (len(loaded.train), len(loaded.test)) == (1797, 12)


def test_limit_cuts_training_rows_and_never_test_rows(
    tmp_path: Path, train_csv: Path, test_csv: Path
) -> None:
    given = choice(tmp_path, train=train_csv, test=test_csv, limit=5)
    whole = load(choice(tmp_path, train=train_csv, test=test_csv), quiet)
    cut = load(given, quiet)
    np.testing.assert_array_equal(cut.train.pixels, whole.train.pixels[:5])
    assert len(cut.test) == 12
    assert cut.to_dict()["train"]["rows"] == 5


def test_limit_beyond_the_file_takes_all(
    tmp_path: Path, train_csv: Path, test_csv: Path
) -> None:
    given = choice(tmp_path, train=train_csv, test=test_csv, limit=1000)
    assert len(load(given, quiet).train) == 48


def test_hold_out_is_a_twelfth_that_is_always_the_same(digits: Dataset) -> None:
    training, validation = hold_out(digits)
    again = hold_out(digits)[1]
    assert (len(training), len(validation)) == (1648, 149)
    np.testing.assert_array_equal(validation.pixels, again.pixels)
    together = np.concatenate([training.pixels, validation.pixels])
    assert len(np.unique(together, axis=0)) == 1797


def test_hold_out_of_mnist_is_5000_rows() -> None:
    blank = np.zeros((60_000, 784), np.uint8)
    rows = Dataset(blank, np.zeros(60_000, np.uint8), "blank", "")
    assert [len(part) for part in hold_out(rows)] == [55_000, 5_000]


@pytest.mark.parametrize("part", ["train", "test"])
def test_exported_embedded_set_stays_marked(
    tmp_path: Path, embedded: Dataset, part: str
) -> None:
    """It cannot replace a model of MNIST by way of a file."""
    held_in, held_out = embedded.split(len(embedded) // 5)
    export(Digits(held_in, held_out, True), tmp_path)
    file = str(tmp_path / f"MNIST_{part}.csv")
    loaded = load(choice(tmp_path, file, limit=100), quiet)
    assert loaded.embedded
    assert loaded.to_dict()["source"] == "embedded"
    assert load_training(choice(tmp_path, file), quiet)[1]


def test_some_rows_of_the_embedded_set_do_not_make_a_file_embedded(
    tmp_path: Path, embedded: Dataset, rows: Rows
) -> None:
    file = write(tmp_path / "d.csv", [*rows_of(embedded.rows(slice(50))), *rows])
    assert not load(choice(tmp_path, str(file)), quiet).embedded


def test_named_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"gone\.csv: no such file"):
        load(choice(tmp_path, str(tmp_path / "gone.csv")), quiet)
