"""A sweep: what is searched, and on which rows."""

from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
from optuna.storages import RDBStorage
from sqlalchemy.pool import NullPool

from tests.support.commands import Place
from tests.trainer.csv_files import rows_of, write
from tests.trainer.in_process import invoke, printed
from tests.trainer.stopped_runs import in_cost, run_stopped
from trainer.data.choice import DataChoice
from trainer.data.dataset import Dataset
from trainer.data.source import load, load_training
from trainer.errors import BadDatabase, TrainerError
from trainer.learning.settings import settings_for
from trainer.sweep import report
from trainer.sweep.search_space import SEARCHED, SearchSpace
from trainer.sweep.sweep import Sweep
from trainer.training.epoch_report import EpochReport

Options = tuple[object, ...]


def study(place: Place, name: str) -> optuna.Study:
    url = f"sqlite:///{place.root / 'state' / 'sweep.db'}"
    storage = RDBStorage(url, {"poolclass": NullPool})  # leaves no connection open
    return optuna.load_study(study_name=name, storage=storage)


@pytest.fixture(autouse=True)
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take most of a small sweep's time, and are for test_sweep_report."""
    monkeypatch.setattr(report, "sweep_plots", lambda *_: ())


def test_sweep_opens_no_test_file(
    place: Place, tiny: Options, tmp_path: Path, digits: Dataset
) -> None:
    """Neither one that is named and missing (above) nor one beside the rows."""
    write(tmp_path / "MNIST_train.csv", rows_of(digits.rows(slice(120))))
    (tmp_path / "MNIST_test.csv").write_text("no row of digits")
    found = printed(
        place, *tiny, "--data", tmp_path, "--train", tmp_path / "MNIST_train.csv"
    )
    with_data = ("sweep", "--data", tmp_path, *tiny[5:])
    assert printed(place, *with_data)["study"] == found["study"]
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
    assert rows.to_dict() == load(choice, print).train.to_dict()
    assert rows.pixels.tobytes() == load(choice, print).train.pixels.tobytes()


def test_first_trial_is_the_preset(place: Place, tiny: Options) -> None:
    found = printed(place, *tiny, "--trials", 1)
    [trial] = study(place, found["study"]).trials
    preset = settings_for("default", False, 0, {})
    assert trial.params == {
        "learning_rate": preset.learning_rate,
        "batch_size": preset.batch_size,
        "activation": preset.activation,
    }


def test_settings_that_are_given_are_not_searched(place: Place, tiny: Options) -> None:
    found = printed(place, *tiny, "--batch-size", 30, "--activation", "relu")
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


@pytest.mark.parametrize(("fixed", "weights"), [((), "he"), (("weights",), "notes")])
def test_relu_begins_with_weights_that_it_can_learn_from(
    fixed: tuple[str, ...], weights: str
) -> None:
    notes = settings_for("notebook", False, 0, {})
    space = SearchSpace(notes, frozenset(fixed))
    assert space.settings({**space.first(), "activation": "relu"}).weights == weights
    assert space.settings(space.first()).weights == "notes"


def test_same_command_goes_on_with_its_study(place: Place, tiny: Options) -> None:
    first = printed(place, *tiny, "--trials", 2)
    more = printed(place, *tiny, "--trials", 4)
    again = printed(place, *tiny, "--trials", 4)
    assert more["study"] == first["study"]
    assert more["trials"]["complete"] + more["trials"]["pruned"] == 4
    assert again == more


@pytest.mark.parametrize("change", [("--epochs", 3), ("--limit", 100), ("--seed", 1)])
def test_another_search_has_another_study(
    place: Place, tiny: Options, change: Options
) -> None:
    first = printed(place, *tiny, "--trials", 1)
    other = printed(place, *tiny, *change, "--trials", 1)
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

    monkeypatch.setattr(Sweep, "train", train)
    found = printed(place, *tiny, "--epochs", 8, "--trials", 9)
    assert (found["trials"]["complete"], found["trials"]["pruned"]) == (5, 4)
    assert (found["best"]["trial"], found["best"]["validation_accuracy"]) == (0, 0.9)
    pruned = study(place, found["study"]).trials[5:]
    assert [trial.last_step for trial in pruned] == [2, 2, 2, 2]  # a quarter of 8


def test_diverging_trials_are_pruned(place: Place, tiny: Options) -> None:
    result = invoke(place, *tiny, "--learning-rate", 1e30, "--activation", "relu")
    assert "0 trials complete, 3 pruned" in result.stdout
    assert "no trial came to its end" in result.stdout


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
    line = place.run("trainer", *tiny, DIGITS_DATABASE_URL=url).error_line()
    assert SECRET not in line


def test_stopped_worker_hands_its_trial_back(place: Place, tiny: Options) -> None:
    """SIGTERM in the second trial, after one of its epochs."""
    run = run_stopped(place, {in_cost: 4}, *tiny)
    assert (run.code, run.stdout) == (143, ""), run.stderr
    assert "Traceback" not in run.stderr
    found = printed(place, *tiny)
    trials = found["trials"]
    assert trials["complete"] + trials["pruned"] == 3
    assert (trials["fail"], trials["running"], trials["waiting"]) == (1, 0, 0)
    stopped, retried = study(place, found["study"]).trials[1:3]
    assert retried.params == stopped.params
