"""python -m trainer evaluate: which version on which rows, and what it prints."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.support.commands import Place
from tests.trainer.csv_files import Rows, write
from tests.trainer.in_process import printed
from trainer.data.mnist_csv import read_csv
from trainer.learning.evaluate import evaluate

Quick = tuple[object, ...]

pytestmark = pytest.mark.usefixtures("no_report")


def test_plain_command_does_what_it_says(trained: Place, test_csv: Path) -> None:
    files = ("--test", test_csv)
    run = trained.run_plainly("trainer", "evaluate", *files, "--json")
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["version"] == 1


def test_evaluate_tests_the_served_version(trained: Place, test_csv: Path) -> None:
    document = trained.json(
        "trainer", "evaluate", "--data", test_csv, "--test", test_csv
    )
    model, rows = trained.store.load(1), read_csv(test_csv)
    expected = evaluate(model.network, rows)
    assert document["version"] == 1
    assert document["test_accuracy"] == expected.accuracy == model.card.test_accuracy
    assert document["test_rows"] == 12
    assert document["confusion_matrix"] == expected.confusion.tolist()
    assert document["per_digit"] == expected.scorecard
    assert document["data"] == rows.to_dict()


def test_evaluate_tests_any_version_on_a_set_that_lacks_digits(
    trained: Place, quick: Quick, tmp_path: Path, rows: Rows
) -> None:
    printed(trained, *quick, "--no-gate")
    threes = [row for row in rows if row[0] == "3"]
    file = write(tmp_path / "threes.csv", threes)
    files = ("--test", file)
    document = printed(trained, "evaluate", "--version", 1, *files)
    matrix = np.array(document["confusion_matrix"])
    assert document["version"] == 1
    assert matrix.shape == (10, 10)
    assert matrix.sum() == matrix[3].sum() == len(threes)


def test_evaluate_prints_scorecards(trained: Place, test_csv: Path) -> None:
    run = trained.run("trainer", "evaluate", "--data", test_csv, "--test", test_csv)
    assert run.code == 0
    assert "confusion matrix" in run.stdout
    assert "of 12 test rows" in run.stdout


def test_evaluate_without_that_version_is_told(trained: Place, test_csv: Path) -> None:
    files = ("--test", test_csv)
    missing = trained.run("trainer", "evaluate", "--version", 9, *files)
    assert "no version 9" in missing.error_line()


def test_evaluate_of_an_empty_store_is_told(place: Place, test_csv: Path) -> None:
    files = ("--test", test_csv)
    assert "no valid version" in place.run("trainer", "evaluate", *files).error_line()


@pytest.mark.parametrize("option", ["--train", "--limit"])
def test_evaluate_knows_no_training_rows(place: Place, option: str) -> None:
    assert option in place.run("trainer", "evaluate", option, "1").error_line()
