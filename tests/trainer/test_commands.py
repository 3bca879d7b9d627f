"""python -m trainer: what train, first and evaluate print, publish, and refuse."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from model_store import Card, Network, npz
from tests.model_store.programs import Place
from tests.trainer.csv_files import Rows, rows_of, write
from trainer.backprop import LOSSES
from trainer.commands import main
from trainer.data import hold_out
from trainer.dataset import Dataset
from trainer.evaluate import cost, evaluate
from trainer.mnist import read_csv

Quick = tuple[object, ...]
NOTEBOOK = ("--preset", "notebook")
SMALL = ("--hidden", 8, "--epochs", 1, "--threads", 1, "--no-augment")


def test_plain_command_does_what_it_says(trained: Place, test_csv: Path) -> None:
    files = ("--train", test_csv, "--test", test_csv)
    run = trained.run_plainly("trainer", "evaluate", *files, "--json")
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["version"] == 1


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
    document = place.json("trainer", *quick, DIGITS_ENERGY_SOURCE="none")
    energy = document["energy"]
    for name in ("joules", "source", "co2e_grams", "bulb_seconds"):
        assert energy[name] is None
    assert place.store.load(1).card.joules is None


def test_figures_are_those_of_the_published_network(
    place: Place, quick: Quick, train_csv: Path, test_csv: Path
) -> None:
    """The notes' preset learns from every row, so the cost can be added up again."""
    document = place.json("trainer", *quick, *NOTEBOOK)
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
    trained.json("trainer", *quick, "--no-gate")
    card = trained.store.load(2).card
    assert (card.layers, card.loss) == ([784, 16, 10], "cross-entropy")
    assert card.activations == ["relu", "softmax"]
    assert card.parent == 1
    assert card.created.endswith("+00:00")
    assert card.training["preset"] == "default"
    assert (card.training["seed"], card.training["epochs"]) == (5, 2)
    assert card.training["stopped_by"] is None
    assert card.data["source"] == "mnist"
    assert card.data["train"] == {**read_csv(train_csv).card(), "rows": 48}
    assert card.data["test"] == read_csv(test_csv).card()
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
    trained.json("trainer", *quick, "--no-gate")
    trained.json("trainer", *quick, "--no-gate", "--seed", 6)
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
    document = place.json(
        "trainer", "train", "--train", file, "--test", test_csv, *options
    )
    assert document["validation_accuracy"] == 0.0
    assert document["cost_history"][-1] < 5


def test_limit_comes_before_the_hold_out(place: Place, quick: Quick) -> None:
    """A twelfth of 40 rows is 3."""
    document = place.json("trainer", *quick, "--limit", 40)
    assert (document["train_rows"], document["test_rows"]) == (37, 12)
    assert place.store.load(1).card.data["train"]["rows"] == 40


def test_seed_that_was_drawn_is_recorded(place: Place, quick: Quick) -> None:
    unseeded = quick[:-2]
    first, second = (
        place.json("trainer", *unseeded, "--no-gate")["seed"] for _ in range(2)
    )
    assert first != second
    assert place.store.load(2).card.training["seed"] == second


@pytest.mark.parametrize("preset", ["default", "notebook"])
def test_short_batch_and_batch_beyond_the_set_are_used(
    place: Place, quick: Quick, preset: str
) -> None:
    for size in (7, 1000):
        document = place.json(
            "trainer", *quick, "--preset", preset, "--batch-size", size, "--no-gate"
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
    document = place.json("trainer", *quick, "--epochs", 10**9, option, bound)
    name = option.removeprefix("--").replace("-", "_")
    assert document["stopped_by"] == name
    assert document["version"] == 1
    assert document["epochs"] == len(document["cost_history"]) < 10**9
    assert place.store.load(1).card.training["stopped_by"] == name


def test_tiny_budget_still_gives_a_whole_version(place: Place, quick: Quick) -> None:
    document = place.json("trainer", *quick, "--max-seconds", 1e-9)
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


def test_worse_candidate_is_refused_and_kept(place: Place, quick: Quick) -> None:
    better = place.json("trainer", *quick, "--epochs", 60)
    worse = place.json("trainer", *quick, "--learning-rate", 1e-9)
    assert worse["test_accuracy"] < better["test_accuracy"]
    assert (worse["version"], worse["accepted"]) == (None, False)
    assert "version 1" in worse["reason"]
    kept = Path(worse["path"])
    assert kept.parent == place.store.root / "rejected"
    network, card = npz.read(kept)
    assert network.layers == [784, 16, 10]
    assert card.test_accuracy == worse["test_accuracy"]
    assert place.store.versions() == [1]
    assert place.json("trainer", *quick, "--no-gate")["version"] == 2


def test_tie_is_accepted(trained: Place, quick: Quick) -> None:
    document = trained.json("trainer", *quick)
    assert (document["version"], document["accepted"]) == (2, True)


def test_embedded_set_does_not_replace_a_model_of_mnist(
    place: Place, network: Network, card: Card
) -> None:
    place.store.publish(network, card)
    quick = ("--data", "embedded", *SMALL)
    document = place.json("trainer", "train", *quick)
    assert document["version"] is None
    assert "MNIST" in document["reason"]
    assert place.store.versions() == [1]


def test_gate_compares_with_the_pinned_version(
    place: Place, quick: Quick, network: Network, card: Card
) -> None:
    for _ in range(2):
        place.store.publish(network, card)
    place.store.pin(1)
    document = place.json("trainer", *quick, "--epochs", 60)
    assert "version 1" in document["reason"]
    assert document["version"] == 3
    assert place.store.load(3).card.parent == 1


BAD = {
    "learning rate 0": ("--learning-rate", "0"),
    "learning rate nan": ("--learning-rate", "nan"),
    "learning rate inf": ("--learning-rate", "inf"),
    "epochs -1": ("--epochs", "-1"),
    "epochs 0": ("--epochs", "0"),
    "epochs 1.5": ("--epochs", "1.5"),
    "hidden 0": ("--hidden", "0"),
    "hidden text": ("--hidden", "big"),
    "hidden with a gap": ("--hidden", "500,,200"),
    "hidden beyond memory": ("--hidden", "1000000"),
    "batch size 0": ("--batch-size", "0"),
    "limit 0": ("--limit", "0"),
    "seed -1": ("--seed", "-1"),
    "threads 0": ("--threads", "0"),
    "no seconds": ("--max-seconds", "0"),
    "joules that are no number": ("--max-joules", "some"),
    "activation softmax": ("--activation", "softmax"),
    "unknown loss": ("--loss", "hinge"),
    "unknown preset": ("--preset", "best"),
    "unknown progress": ("--progress", "loud"),
    "unknown option": ("--learn", "1"),
}


@pytest.mark.parametrize("arguments", BAD.values(), ids=BAD)
def test_bad_argument_is_named_in_one_line(
    place: Place, arguments: tuple[str, ...]
) -> None:
    line = place.run("trainer", "train", "--data", "embedded", *arguments).complaint()
    assert arguments[0] in line
    assert not (place.root / "models").exists()


BAD_SETTINGS = {
    "DIGITS_ENERGY_SOURCE": "coal",
    "DIGITS_WATTS_PER_CPU": "-1",
    "DIGITS_CARBON_GRAMS_PER_KWH": "much",
}


@pytest.mark.parametrize(("variable", "value"), BAD_SETTINGS.items())
def test_bad_setting_is_named_in_one_line(
    place: Place, quick: Quick, variable: str, value: str
) -> None:
    line = place.run("trainer", *quick, **{variable: value}).complaint()
    assert variable in line
    assert value in line
    assert not (place.root / "models").exists()


def test_forced_energy_source_that_is_missing_ends_the_run(
    place: Place, quick: Quick, tmp_path: Path
) -> None:
    (tmp_path / "powercap").mkdir()
    line = place.run(
        "trainer", *quick,
        DIGITS_ENERGY_SOURCE="rapl", DIGITS_POWERCAP_ROOT=str(tmp_path / "powercap"),
    ).complaint()  # fmt: skip
    assert "rapl" in line


def test_store_that_cannot_be_written_is_told_in_one_line(
    place: Place, quick: Quick
) -> None:
    (place.root / "models").touch()
    run = place.run("trainer", *quick, "--json")
    assert (run.code, run.stdout) == (2, "")
    assert str(place.root / "models") in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr


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
    assert document["data"] == rows.card()


def test_evaluate_tests_any_version_on_a_set_that_lacks_digits(
    trained: Place, quick: Quick, tmp_path: Path, rows: Rows, train_csv: Path
) -> None:
    trained.json("trainer", *quick, "--no-gate")
    threes = [row for row in rows if row[0] == "3"]
    file = write(tmp_path / "threes.csv", threes)
    files = ("--train", train_csv, "--test", file)
    document = trained.json("trainer", "evaluate", "--version", 1, *files)
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
    files = ("--train", test_csv, "--test", test_csv)
    missing = trained.run("trainer", "evaluate", "--version", 9, *files)
    assert "no version 9" in missing.complaint()


def test_evaluate_of_an_empty_store_is_told(place: Place, test_csv: Path) -> None:
    files = ("--train", test_csv, "--test", test_csv)
    assert "no valid version" in place.run("trainer", "evaluate", *files).complaint()


@pytest.fixture
def first(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Result]:
    """`python -m trainer first`, which may train for a moment only."""
    monkeypatch.setattr("trainer.job._FIRST_MODEL_SECONDS", 0.3)
    monkeypatch.setattr("trainer.run.report_on", lambda *_: None)

    def run() -> Result:
        environ: dict[str, Any] = place.environ()
        return CliRunner().invoke(main, ["first"], env=environ, catch_exceptions=False)

    return run


def test_first_model_is_trained_on_the_csvs_at_hand(
    place: Place, first: Callable[[], Result], rows: Rows
) -> None:
    place.data.mkdir()
    write(place.data / "MNIST_train_100.csv", rows[:48])
    write(place.data / "MNIST_test_10.csv", rows[48:])
    result = first()
    assert result.exit_code == 0, result.output
    card = place.store.load(1).card
    assert card.layers == [784, 500, 200, 10]
    assert card.data["train"]["file"] == "MNIST_train_100.csv"


def test_first_model_without_csvs_is_of_the_embedded_set(
    place: Place, first: Callable[[], Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.data.fetch", lambda *_: pytest.fail("it downloads"))
    result = first()
    assert result.exit_code == 0, result.output
    assert place.store.load(1).card.is_embedded
    assert "embedded set" in result.stderr


def test_first_does_nothing_if_a_valid_version_is_there(
    place: Place, first: Callable[[], Result], network: Network, card: Card
) -> None:
    place.store.publish(network, card)
    place.store.publish(network, card)
    place.store.path(2).write_bytes(b"broken")
    assert "version 1" in first().stderr
    assert place.store.versions() == [1, 2]


def test_first_trains_if_every_version_is_broken(
    place: Place, first: Callable[[], Result], network: Network, card: Card, rows: Rows
) -> None:
    place.data.mkdir()
    write(place.data / "mnist_train_100.csv", rows)
    place.store.publish(network, card)
    place.store.path(1).write_bytes(b"broken")
    assert first().exit_code == 0
    assert place.store.versions() == [1, 2]
    assert place.store.served().version == 2
