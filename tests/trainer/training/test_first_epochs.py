"""A run that learns nothing says so after its first epochs, and what to change."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.commands import Place
from tests.trainer.csv_files import rows_of, write
from tests.trainer.in_process import invoke
from trainer.data.dataset import Dataset
from trainer.training.first_epochs import cost_of_one_answer

NOTEBOOK = ("--preset", "notebook", "--epochs", 6, "--seed", 1, "--no-gate")
SAYS = "the cost "

pytestmark = pytest.mark.usefixtures("no_report")


@pytest.fixture(scope="session")
def files(csv_directory: Path, digits: Dataset, test_csv: Path) -> tuple[object, ...]:
    rows = rows_of(digits.rows(slice(100)))
    train = write(csv_directory / "first_epochs.csv", rows)
    return ("train", "--train", train, "--test", test_csv)


FAILING = {
    "ReLU with the notes' weights": (
        ("--activation", "relu", "--weights", "notes"),
        "--weights he",
    ),
    "He's weights for a sigmoid": (
        ("--weights", "he", "--learning-rate", 0.01),
        "--weights notes",
    ),
    "too large a rate": (("--learning-rate", 30), "--learning-rate 3"),
    "too small a rate": (("--learning-rate", 1e-5), "--learning-rate 0.0001"),
}


@pytest.mark.parametrize(("options", "remedy"), FAILING.values(), ids=FAILING)
def test_run_that_learns_nothing_says_what_to_change(
    place: Place,
    files: tuple[object, ...],
    options: tuple[object, ...],
    remedy: str,
) -> None:
    run = invoke(place, *files, *NOTEBOOK, *options)
    assert run.exit_code == 0
    [line] = [line for line in run.stderr.splitlines() if line.startswith(SAYS)]
    assert "after 5 epochs" in line
    assert remedy in line


LEARNING = {
    "the notes' run": (),
    "ReLU": ("--activation", "relu"),
    "softmax": ("--loss", "cross-entropy"),
    "ReLU and softmax": ("--activation", "relu", "--loss", "cross-entropy"),
}


@pytest.mark.parametrize("options", LEARNING.values(), ids=LEARNING)
def test_run_that_learns_is_left_in_peace(
    place: Place, files: tuple[object, ...], options: tuple[object, ...]
) -> None:
    run = invoke(place, *files, *NOTEBOOK, *options)
    assert run.exit_code == 0
    assert SAYS not in run.stderr


@pytest.mark.parametrize(
    ("loss", "cost"),
    # Labels 0, 0, 0, 1: outputs of 3/4 and 1/4 are the best that one answer can do.
    [("tse", 3 * 2 / 16 + 2 * 9 / 16), ("cross-entropy", -np.log(27 / 256))],
)
def test_cost_of_one_answer_by_hand(digits: Dataset, loss: str, cost: float) -> None:
    rows = replace(digits.rows(slice(4)), labels=np.array([0, 0, 0, 1], np.uint8))
    assert cost_of_one_answer(rows, loss) == pytest.approx(cost)
