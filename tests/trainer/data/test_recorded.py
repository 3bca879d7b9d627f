"""evaluate without --data: the rows that a version was tested with, or one line."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from model_store import Card
from tests.support.commands import Place
from tests.trainer.csv_files import Rows, write
from tests.trainer.in_process import invoke, printed
from trainer.data.recorded import NoTestRows

Quick = tuple[object, ...]
SMALL = ("--hidden", 8, "--epochs", 1, "--no-augment")

pytestmark = pytest.mark.usefixtures("no_report")


@pytest.mark.parametrize("folder", ["", "MNIST"])
def test_recorded_test_file_is_found_in_the_data_directory(
    trained: Place, test_csv: Path, folder: str
) -> None:
    (trained.data / folder).mkdir(parents=True)
    shutil.copy(test_csv, trained.data / folder)
    result = invoke(trained, "evaluate")
    assert result.stderr == ""
    document = printed(trained, "evaluate")
    assert document["test_accuracy"] == trained.store.load(1).card.test_accuracy
    assert document["data"] == trained.store.load(1).card.data["test"]


def test_fifth_that_was_held_out_is_held_out_again(place: Place, rows: Rows) -> None:
    place.data.mkdir()
    file = write(place.data / "mine.csv", rows)
    made = printed(place, "train", "--data", file, *SMALL)
    document = printed(place, "evaluate")
    assert (document["test_rows"], made["test_rows"]) == (12, 12)
    assert document["test_accuracy"] == made["test_accuracy"]


def test_limit_cuts_no_test_rows(place: Place, rows: Rows) -> None:
    place.data.mkdir()
    file = write(place.data / "mine.csv", rows)
    made = printed(place, "train", "--data", file, "--limit", 20, *SMALL)
    assert (made["train_rows"], made["test_rows"]) == (19, 12)
    assert printed(place, "evaluate")["test_accuracy"] == made["test_accuracy"]


def test_embedded_version_is_tested_with_the_embedded_set(place: Place) -> None:
    made = printed(place, "train", "--data", "embedded", *SMALL)
    document = printed(place, "evaluate")
    assert document["test_accuracy"] == made["test_accuracy"]
    assert document["test_rows"] == 359


def test_test_file_alone_needs_no_training_rows(trained: Place, test_csv: Path) -> None:
    assert printed(trained, "evaluate", "--test", test_csv)["test_rows"] == 12


def other_rows(place: Place, test_csv: Path) -> None:
    place.data.mkdir()
    shutil.copy(test_csv.parent / "train.csv", place.data / test_csv.name)


def no_file_named(place: Place, _: Path) -> None:
    model = place.store.load(1)
    place.store.path(1).unlink()
    nameless: Card = replace(model.card, data={"source": "mnist", "test": "some"})
    place.store.publish(model.network, nameless)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda *_: None, "test.csv is not in"),
        (other_rows, "test.csv is not the file that it was"),
        (no_file_named, "its metadata names no test file"),
    ],
    ids=["no file", "another file", "no name"],
)
def test_rows_that_are_not_at_hand_are_told_and_nothing_of_training(
    trained: Place, test_csv: Path, spoil: Callable[[Place, Path], None], reason: str
) -> None:
    spoil(trained, test_csv)
    with pytest.raises(NoTestRows) as refusal:
        invoke(trained, "evaluate")
    text = str(refusal.value)
    assert text.startswith("version 1 cannot be tested as it was: ")
    assert reason in text
    assert "--test FILE" in text
    assert "training" not in text
