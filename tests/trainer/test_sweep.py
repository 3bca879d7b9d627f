"""A sweep: what is searched, on which rows, and what it leaves and tells."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
from click.testing import CliRunner, Result
from optuna.storages import RDBStorage
from PIL import Image
from sqlalchemy.pool import NullPool

from tests.model_store.programs import Place
from tests.trainer.csv_files import rows_of, write
from tests.trainer.stopped_runs import run_stopped
from trainer.commands import main
from trainer.config import settings_for
from trainer.data import DataChoice, load, load_training
from trainer.dataset import Dataset
from trainer.errors import BadDatabase, TrainerError
from trainer.progress import EpochReport
from trainer.search_space import SEARCHED, SearchSpace

Options = tuple[object, ...]


@pytest.fixture(scope="module")
def tiny(csv_directory: Path, digits: Dataset) -> Options:
    """A sweep of some trials of milliseconds; its test file does not exist."""
    train = write(csv_directory / "sweep.csv", rows_of(digits.rows(slice(120))))
    missing = csv_directory / "no test rows.csv"
    return (
        *("sweep", "--train", train, "--test", missing, "--epochs", 2),
        *("--no-augment", "--hidden", 8, "--trials", 3),
    )


def invoke(place: Place, *options: object, **settings: str) -> Result:
    """`python -m trainer` in this process, where Optuna is loaded already."""
    environ: dict[str, Any] = {**place.environ(), **settings}
    words = [*map(str, options)]
    return CliRunner().invoke(main, words, env=environ, catch_exceptions=False)


def document(place: Place, *options: object, **settings: str) -> Any:
    result = invoke(place, *options, "--json", **settings)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def study(place: Place, name: str) -> optuna.Study:
    url = f"sqlite:///{place.root / 'state' / 'sweep.db'}"
    storage = RDBStorage(url, {"poolclass": NullPool})  # leaves no connection open
    return optuna.load_study(study_name=name, storage=storage)


def test_sweep_ends_with_a_command_that_trains_and_a_page(
    place: Place, tiny: Options, test_csv: Path
) -> None:
    found = document(place, *tiny)
    assert found["trials"]["complete"] + found["trials"]["pruned"] == 3
    assert set(found["best"]) == {
        "trial", "validation_accuracy", "settings", "command",
    }  # fmt: skip
    words = shlex.split(found["best"]["command"])
    assert words[:4] == ["python", "-m", "trainer", "train"]
    words[words.index("--test") + 1] = str(test_csv)
    trained = document(place, *words[3:])
    assert trained["validation_accuracy"] == found["best"]["validation_accuracy"]
    card = place.store.load(1).card
    assert {k: card.training[k] for k in found["best"]["settings"]} == (
        found["best"]["settings"]
    )
    page = Path(found["report"])
    assert "python -m trainer train" in page.read_text()
    for path in page.parent.glob("*.png"):
        with Image.open(path) as picture:
            assert min(picture.size) > 300
    assert (page.parent / "history.png").exists()


def test_sweep_opens_no_test_file(
    place: Place, tiny: Options, tmp_path: Path, digits: Dataset
) -> None:
    """Neither one that is named and missing (above) nor one beside the rows."""
    write(tmp_path / "MNIST_train.csv", rows_of(digits.rows(slice(120))))
    (tmp_path / "MNIST_test.csv").write_text("no row of digits")
    found = document(
        place, *tiny, "--data", tmp_path, "--train", tmp_path / "MNIST_train.csv"
    )
    with_data = ("sweep", "--data", tmp_path, *tiny[5:])
    assert document(place, *with_data)["study"] == found["study"]
    with pytest.raises(TrainerError, match=r"MNIST_test\.csv"):
        load(DataChoice(str(tmp_path), None, None, None, tmp_path), print)


@pytest.mark.parametrize("limit", [None, 50])
@pytest.mark.parametrize("with_test", [True, False])
def test_training_rows_are_those_of_a_training(
    csv_directory: Path,
    train_csv: Path,
    test_csv: Path,
    limit: int | None,
    with_test: bool,
) -> None:
    test = test_csv if with_test else None
    choice = DataChoice("auto", train_csv, test, limit, train_csv)
    rows, embedded = load_training(choice, print)
    assert not embedded
    assert rows.card() == load(choice, print).train.card()
    assert rows.pixels.tobytes() == load(choice, print).train.pixels.tobytes()


def test_first_trial_is_the_preset(place: Place, tiny: Options) -> None:
    found = document(place, *tiny, "--trials", 1)
    [trial] = study(place, found["study"]).trials
    preset = settings_for("default", False, 0, {})
    assert trial.params == {
        "learning_rate": preset.learning_rate,
        "batch_size": preset.batch_size,
        "activation": preset.activation,
    }


def test_settings_that_are_given_are_not_searched(place: Place, tiny: Options) -> None:
    found = document(place, *tiny, "--batch-size", 30, "--activation", "relu")
    for trial in study(place, found["study"]).trials:
        assert set(trial.params) == {"learning_rate"}
    settings = found["best"]["settings"]
    assert (settings["hidden"], settings["batch_size"]) == ([8], 30)


def test_every_searched_setting_is_one_of_a_training() -> None:
    """For either preset, the preset's own values are among the choices."""
    for preset in ("default", "notebook"):
        space = SearchSpace(settings_for(preset, False, 0, {}), frozenset())
        assert space.names == list(SEARCHED)
        assert space.settings(space.first()) == space.preset
        trial = optuna.trial.FixedTrial(space.first())
        assert space.suggested(trial) == space.preset  # type: ignore[arg-type]


def test_same_command_goes_on_with_its_study(place: Place, tiny: Options) -> None:
    first = document(place, *tiny, "--trials", 2)
    more = document(place, *tiny, "--trials", 4)
    again = document(place, *tiny, "--trials", 4)
    assert more["study"] == first["study"]
    assert more["trials"]["complete"] + more["trials"]["pruned"] == 4
    assert again == more


@pytest.mark.parametrize("change", [("--epochs", 3), ("--limit", 100), ("--seed", 1)])
def test_another_search_has_another_study(
    place: Place, tiny: Options, change: Options
) -> None:
    first = document(place, *tiny, "--trials", 1)
    other = document(place, *tiny, *change, "--trials", 1)
    assert other["study"] != first["study"]


def test_trials_that_stay_behind_are_pruned(
    place: Place, tiny: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is worse than the one before; the first five are what others are held to."""
    accuracies = iter(0.9 / (1 + n) for n in range(9))

    def train(*_: object) -> Iterator[EpochReport]:
        accuracy = next(accuracies)
        for epoch in range(1, 9):
            yield EpochReport(epoch, 8, 1.0, accuracy, 1.0, None, 1.0)

    monkeypatch.setattr("trainer.sweep.Sweep.train", train)
    found = document(place, *tiny, "--epochs", 8, "--trials", 9)
    assert (found["trials"]["complete"], found["trials"]["pruned"]) == (5, 4)
    assert (found["best"]["trial"], found["best"]["validation_accuracy"]) == (0, 0.9)
    pruned = study(place, found["study"]).trials[5:]
    assert [trial.last_step for trial in pruned] == [2, 2, 2, 2]  # a quarter of 8


def test_diverging_trials_are_pruned(place: Place, tiny: Options) -> None:
    result = invoke(place, *tiny, "--learning-rate", 1e30, "--activation", "relu")
    assert "0 trials complete, 3 pruned" in result.stdout
    assert "no trial came to its end" in result.stdout


def test_text_for_people_ends_with_the_command(place: Place, tiny: Options) -> None:
    result = invoke(place, *tiny)
    assert "of the held-out rows right" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("python -m trainer train --preset")
    assert "trial 0 complete: held-out accuracy" in result.stderr


def test_nothing_left_to_search_is_told(place: Place, tiny: Options) -> None:
    fixed = ("--learning-rate", 0.1, "--batch-size", 30, "--activation", "relu")
    result = invoke(place, *tiny, *fixed)
    assert result.exit_code == 2
    assert "nothing to search" in result.stderr


SECRET = "open-sesame"
BAD_DATABASES = {
    "no address": ("nonsense", "no address of a database"),
    "other kind": (f"mysql://u:{SECRET}@127.0.0.1/x", "neither postgresql nor sqlite"),
    "nobody there": (f"postgresql://u:{SECRET}@127.0.0.1:1/x", "refused"),
    "secret in the query": (
        f"postgresql://127.0.0.1:1/x?password={SECRET}", "refused",
    ),
    "port that is no number": (f"postgresql://u:{SECRET}@127.0.0.1:p/x", "no address"),
    "no directory": ("sqlite:////no/such/place/sweep.db", "unable to open"),
}  # fmt: skip


@pytest.mark.parametrize(("url", "fault"), BAD_DATABASES.values(), ids=BAD_DATABASES)
def test_bad_database_is_refused_and_its_password_kept(
    place: Place, tiny: Options, url: str, fault: str
) -> None:
    with pytest.raises(BadDatabase) as refusal:
        invoke(place, *tiny, DIGITS_DATABASE_URL=url)
    text = str(refusal.value)
    assert "DIGITS_DATABASE_URL" in text
    assert fault in text
    assert SECRET not in text
    assert len(text.splitlines()) == 1


def test_bad_database_is_told_in_one_line(place: Place, tiny: Options) -> None:
    url = f"postgresql://u:{SECRET}@127.0.0.1:1/x"
    line = place.run("trainer", *tiny, DIGITS_DATABASE_URL=url).complaint()
    assert SECRET not in line


def test_stopped_worker_hands_its_trial_back(place: Place, tiny: Options) -> None:
    """SIGTERM in the second trial, after one of its epochs."""
    run = run_stopped(place, {"trainer.fit.cost": 4}, *tiny)
    assert (run.code, run.stdout) == (143, ""), run.stderr
    assert "Traceback" not in run.stderr
    found = document(place, *tiny)
    trials = found["trials"]
    assert trials["complete"] + trials["pruned"] == 3
    assert (trials["fail"], trials["running"], trials["waiting"]) == (1, 0, 0)
    stopped, retried = study(place, found["study"]).trials[1:3]
    assert retried.params == stopped.params


def test_report_that_cannot_be_written_costs_no_result(
    place: Place, tiny: Options
) -> None:
    (place.root / "state").mkdir()
    (place.root / "state" / "sweeps").touch()
    result = invoke(place, *tiny, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["report"] is None
    assert "the sweep has no report" in result.stderr
