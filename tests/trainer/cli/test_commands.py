"""python -m trainer train: what it prints and publishes."""

import json
from pathlib import Path

import numpy as np
import pytest

from model_store.backprop import LOSSES
from tests.support.commands import Place
from tests.trainer.csv_files import rows_of, write
from tests.trainer.in_process import printed
from trainer.data.dataset import Dataset, hold_out
from trainer.data.mnist_csv import read_csv
from trainer.learning.evaluate import cost, evaluate

Quick = tuple[object, ...]
NOTEBOOK = ("--preset", "notebook")
SMALL = ("--hidden", 8, "--epochs", 1, "--threads", 1, "--no-augment")

pytestmark = pytest.mark.usefixtures("no_report")


def test_train_tells_every_figure_of_the_contract(place: Place, quick: Quick) -> None:
    document = place.json("trainer", *quick)
    assert set(document) >= {
        "version", "path", "accepted", "reason", "test_accuracy", "test_rows",
        "validation_accuracy", "cost_history", "epochs", "train_rows", "seconds",
        "samples_per_second", "load_seconds", "warmup_seconds", "cost_seconds",
        "evaluate_seconds", "energy",
    }  # fmt: skip
    assert (document["version"], document["accepted"]) == (1, True)
    assert document["path"] == str(place.store.path(1))
    # 48 rows, of which a twelfth is held out; 12 test rows.
    assert (document["train_rows"], document["test_rows"]) == (44, 12)
    assert document["epochs"] == len(document["cost_history"]) == 2
    assert 0 <= document["validation_accuracy"] <= 1
    assert document["samples_per_second"] == pytest.approx(88 / document["seconds"])


def test_energy_is_of_the_same_span_as_the_seconds(place: Place, quick: Quick) -> None:
    settings = {"DIGITS_WATTS_PER_CPU": "5", "DIGITS_CARBON_GRAMS_PER_KWH": "100"}
    document = place.json("trainer", *quick, **settings)
    energy = document["energy"]
    assert energy["source"] == "estimate"
    assert energy["seconds"] == document["seconds"]
    assert energy["joules"] == pytest.approx(5 * energy["cpu_seconds"], rel=0.01)
    assert energy["bulb_seconds"] == pytest.approx(energy["joules"] / 28)
    assert energy["co2e_grams"] == pytest.approx(energy["joules"] / 3.6e6 * 100)
    assert energy["low_joules"] < energy["joules"] < energy["high_joules"]


def test_no_energy_source_gives_no_figure(place: Place, quick: Quick) -> None:
    document = printed(place, *quick, DIGITS_ENERGY_SOURCE="none")
    energy = document["energy"]
    for name in ("joules", "source", "co2e_grams", "bulb_seconds"):
        assert energy[name] is None
    assert place.store.load(1).card.joules is None


def test_figures_are_those_of_the_published_network(
    place: Place, quick: Quick, train_csv: Path, test_csv: Path
) -> None:
    """The notes' preset learns from every row, so the cost can be added up again."""
    document = printed(place, *quick, *NOTEBOOK)
    model = place.store.load(1)
    rows, tests = read_csv(train_csv), read_csv(test_csv)
    assert document["train_rows"] == len(rows)
    assert document["validation_accuracy"] is None
    last = cost(model.network, rows, LOSSES["tse"])
    assert document["cost_history"][-1] == pytest.approx(last, rel=1e-5)
    assert document["cost_history"][0] > document["cost_history"][-1]
    assert document["test_accuracy"] == evaluate(model.network, tests).accuracy


def test_metadata_tells_how_the_version_came_about(
    trained: Place, quick: Quick, train_csv: Path, test_csv: Path
) -> None:
    printed(trained, *quick, "--no-gate")
    card = trained.store.load(2).card
    assert (card.layers, card.loss) == ([784, 16, 10], "cross-entropy")
    assert card.activations == ["relu", "softmax"]
    assert card.parent == 1
    assert card.created.endswith("+00:00")
    assert card.training["preset"] == "default"
    assert (card.training["seed"], card.training["epochs"]) == (5, 2)
    assert card.training["stopped_by"] is None
    assert card.data["source"] == "mnist"
    rows = read_csv(train_csv).to_dict()
    assert card.data["train"] == {**rows, "rows": 48, "missing_labels": []}
    assert card.data["test"] == read_csv(test_csv).to_dict()
    assert {"test_accuracy", "per_digit", "confusion_matrix", "cost_history"} <= set(
        card.metrics
    )
    assert (card.joules or 0) > 0
    assert {"python", "numpy", "digits"} <= set(card.software)


def test_text_for_people_has_scorecards_joules_and_the_version(
    place: Place, quick: Quick
) -> None:
    run = place.run("trainer", *quick)
    assert run.code == 0
    for text in (
        "success", "failure", "confusion matrix", "accuracy", "of 12 test rows",
        "Wh", "28 W bulb", f"published version 1: {place.store.path(1)}",
    ):  # fmt: skip
        assert text in run.stdout


def test_embedded_set_is_told(place: Place) -> None:
    quick = ("--data", "embedded", *SMALL)
    run = place.run("trainer", "train", *quick, "--json")
    document = json.loads(run.stdout)
    assert "the embedded set" in run.stderr
    assert document["test_rows"] == 359
    assert place.store.load(1).card.is_embedded


def test_same_seed_publishes_the_same_weights(trained: Place, quick: Quick) -> None:
    printed(trained, *quick, "--no-gate")
    printed(trained, *quick, "--no-gate", "--seed", 6)
    first, again, other = (trained.store.load(n).network for n in (1, 2, 3))
    for ours, theirs in zip(first.weights, again.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(first.weights[0], other.weights[0])


@pytest.mark.parametrize("seed", [1, 2])
def test_hold_out_is_the_same_whatever_the_seed(
    place: Place, tmp_path: Path, digits: Dataset, test_csv: Path, seed: int
) -> None:
    """The rows that are held out are labelled 0, all others 1: none is foreseen."""
    rows = rows_of(digits.rows(slice(48)))
    held_out = {
        ",".join(row[1:]) for row in rows_of(hold_out(digits.rows(slice(48)))[1])
    }
    for row in rows:
        row[0] = "0" if ",".join(row[1:]) in held_out else "1"
    file = write(tmp_path / "rows.csv", rows)
    options = (*SMALL, "--epochs", 20, "--seed", seed)
    document = printed(place, "train", "--train", file, "--test", test_csv, *options)
    assert document["validation_accuracy"] == 0.0
    assert document["cost_history"][-1] < 5


def test_limit_comes_before_the_hold_out(place: Place, quick: Quick) -> None:
    """A twelfth of 40 rows is 3."""
    document = printed(place, *quick, "--limit", 40)
    assert (document["train_rows"], document["test_rows"]) == (37, 12)
    assert place.store.load(1).card.data["train"]["rows"] == 40


def test_seed_that_was_drawn_is_recorded(place: Place, quick: Quick) -> None:
    unseeded = quick[:-2]
    first, second = (printed(place, *unseeded, "--no-gate")["seed"] for _ in range(2))
    assert first != second
    assert place.store.load(2).card.training["seed"] == second


@pytest.mark.parametrize("preset", ["default", "notebook"])
def test_short_batch_and_batch_beyond_the_set_are_used(
    place: Place, quick: Quick, preset: str
) -> None:
    for size in (7, 1000):
        document = printed(
            place, *quick, "--preset", preset, "--batch-size", size, "--no-gate"
        )
        assert document["samples_per_second"] * document["seconds"] == pytest.approx(
            2 * document["train_rows"]
        )


@pytest.mark.parametrize(
    ("option", "bound"), [("--max-seconds", 0.3), ("--max-joules", 0.3)]
)
def test_budget_ends_a_run_that_is_published(
    place: Place, quick: Quick, option: str, bound: float
) -> None:
    document = printed(place, *quick, "--epochs", 10**9, option, bound)
    name = option.removeprefix("--").replace("-", "_")
    assert document["stopped_by"] == name
    assert document["version"] == 1
    assert document["epochs"] == len(document["cost_history"]) < 10**9
    assert place.store.load(1).card.training["stopped_by"] == name


def test_tiny_budget_still_gives_a_whole_version(place: Place, quick: Quick) -> None:
    document = printed(place, *quick, "--max-seconds", 1e-9)
    assert document["stopped_by"] == "max_seconds"
    assert place.store.verify(1) is None


DIVERGING = {
    "softmax": ("--activation", "relu", "--loss", "cross-entropy"),
    "sigmoid": ("--activation", "relu", "--loss", "tse"),
    "per-sample": (*NOTEBOOK, "--activation", "relu", "--loss", "cross-entropy"),
}


@pytest.mark.parametrize("options", DIVERGING.values(), ids=DIVERGING)
def test_diverging_run_is_told_in_one_line_and_nothing_published(
    place: Place, quick: Quick, options: tuple[str, ...]
) -> None:
    run = place.run("trainer", *quick, *options, "--learning-rate", 1e30, "--json")
    assert (run.code, run.stdout) == (2, "")
    *before, line = run.stderr.splitlines()
    assert "not finite" in line
    assert not [text for text in before if "Warning" in text]
    assert not (place.root / "models").exists()
