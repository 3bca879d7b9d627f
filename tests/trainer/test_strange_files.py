"""A good model stays, whatever file the next one is trained on."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.commands import Place
from tests.support.stores import root_of
from tests.trainer.csv_files import Rows, rows_of, write
from tests.trainer.in_process import invoke, printed
from trainer.data.dataset import Dataset
from trainer.errors import TrainerError

Table = NDArray[np.int64]
QUICK = (
    *("--hidden", 32, "--epochs", 12, "--no-augment", "--threads", 1, "--seed", 5),
    *("--learning-rate", 0.05),
)

pytestmark = pytest.mark.usefixtures("no_report")


@pytest.fixture(scope="module")
def good(csv_directory: Path, digits: Dataset) -> Rows:
    """Rows that the good model learns from, and is tested with."""
    return rows_of(digits.rows(slice(900)))


@pytest.fixture(scope="module")
def good_store(tmp_path_factory: pytest.TempPathFactory, good: Rows) -> Path:
    place = Place(tmp_path_factory.mktemp("good"))
    file = write(place.root / "good.csv", good)
    document = printed(place, "train", "--data", file, *QUICK)
    assert document["test_accuracy"] > 0.8
    return root_of(place.store)


@pytest.fixture
def place_of_good(place: Place, good_store: Path) -> Place:
    shutil.copytree(good_store, root_of(place.store))
    return place


def squares(table: Table) -> Table:
    return table[:, 1:].reshape(-1, 28, 28)


def relabelled(table: Table, pixels: Table) -> Table:
    return np.column_stack([table[:, 0], pixels.reshape(len(table), 784)])


HONEST: dict[str, Callable[[Rows], Rows]] = {
    "label last": lambda rows: [[*row[1:], row[0]] for row in rows],
    "Kaggle": lambda rows: [["label", *(f"pixel{n}" for n in range(784))], *rows],
}
STRANGE: dict[str, tuple[Callable[[Table], Table], str]] = {
    "swapped": (
        lambda table: relabelled(table, squares(table).transpose(0, 2, 1)),
        "its rows and columns are swapped",
    ),
    "inverted": (
        lambda table: relabelled(table, 255 - squares(table)),
        "its pixels are inverted",
    ),
    "shifted": (
        lambda table: np.column_stack([(table[:, 0] + 1) % 10, table[:, 1:]]),
        "its labels are shifted by 1",
    ),
    "label in the middle": (
        lambda table: np.column_stack(
            [table[:, 400] // 26, table[:, 1:393], table[:, 0], table[:, 393:784]]
        ),
        "is the label in another column",
    ),
}
REFUSED: dict[str, tuple[Callable[[Table], Table], str]] = {
    "one digit": (lambda table: table * (np.arange(785) > 0), "labelled 0"),
    "black and white": (
        lambda table: np.column_stack([table[:, 0], table[:, 1:] // 128]),
        "multiply them by 255",
    ),
}


@pytest.mark.parametrize("layout", HONEST.values(), ids=HONEST)
def test_other_layout_of_the_same_digits_is_trained_on(
    place_of_good: Place, good: Rows, layout: Callable[[Rows], Rows]
) -> None:
    file = write(place_of_good.root / "good.csv", layout(good))
    document = printed(place_of_good, "train", "--data", file, *QUICK)
    assert document["version"] == 2
    first = place_of_good.store.load(1).card
    assert document["test_accuracy"] == first.test_accuracy


def changed(path: Path, good: Rows, change: Callable[[Table], Table]) -> Path:
    table = change(np.array(good, np.int64))
    return write(path, [[str(value) for value in row] for row in table.tolist()])


@pytest.mark.parametrize(("change", "cause"), STRANGE.values(), ids=STRANGE)
def test_strange_rows_do_not_replace_a_good_model(
    place_of_good: Place, good: Rows, change: Callable[[Table], Table], cause: str
) -> None:
    file = changed(place_of_good.root / "strange.csv", good, change)
    options = ("train", "--data", file, *QUICK)
    document = printed(place_of_good, *options)
    assert (document["version"], document["accepted"]) == (None, False)
    assert "version 1" in document["reason"]
    assert f"strange.csv: {cause}" in document["reason"]
    assert place_of_good.store.served().version == 1
    assert printed(place_of_good, *options, "--no-gate")["version"] == 2


@pytest.mark.parametrize(("change", "text"), REFUSED.values(), ids=REFUSED)
def test_rows_that_no_model_can_learn_from_are_refused(
    place_of_good: Place, good: Rows, change: Callable[[Table], Table], text: str
) -> None:
    file = changed(place_of_good.root / "strange.csv", good, change)
    with pytest.raises(TrainerError, match=text):
        invoke(place_of_good, "train", "--data", file, *QUICK)
    assert place_of_good.store.versions() == [1]


def test_exported_embedded_set_does_not_replace_a_good_model(
    place_of_good: Place,
) -> None:
    out = place_of_good.root / "exported"
    embedded = ("--data", "embedded", "--limit", 200)
    result = invoke(place_of_good, "data", "export", *embedded, "--out", out, "--json")
    assert len(json.loads(result.stdout)["files"]) == 2
    options = (*QUICK, "--epochs", 1)
    document = printed(place_of_good, "train", "--data", out, *options)
    assert not document["accepted"]
    assert "embedded set" in document["reason"]
