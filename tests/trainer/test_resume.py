"""A training that is stopped and gone on with ends as if nothing had stopped it."""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from model_store import Card, Network
from tests.model_store.programs import Place
from tests.trainer.csv_files import rows_of, write
from tests.trainer.stopped_runs import run_stopped
from tests.trainer.waiting import wait_for
from trainer.checkpoint import read
from trainer.commands import main
from trainer.dataset import Dataset
from trainer.errors import BrokenCheckpoint, OtherRun

Options = tuple[object, ...]

# 230 rows in batches of 32 are 8 batches an epoch. Per-sample SGD has 250 rows, and
# looks at the clock (and at signals) after each 100 of them.
KINDS: dict[str, Options] = {
    "default": ("--epochs", 3, "--batch-size", 32, "--augment"),
    "notebook": ("--preset", "notebook", "--epochs", 3),
}


@pytest.fixture(scope="module")
def commands(
    csv_directory: Path, digits: Dataset, test_csv: Path
) -> dict[str, Options]:
    """A training of each kind."""
    train = write(csv_directory / "250.csv", rows_of(digits.rows(slice(250))))
    options = ("--train", train, "--test", test_csv, "--hidden", 16, "--seed", 5)
    commands: dict[str, Options] = {
        kind: ("train", *options, *own) for kind, own in KINDS.items()
    }
    embedded = ("--data", "embedded", "--limit", 250, *options[4:], *KINDS["default"])
    return {**commands, "embedded": ("train", *embedded)}


@pytest.fixture(scope="module")
def uninterrupted(
    tmp_path_factory: pytest.TempPathFactory, commands: dict[str, Options]
) -> dict[str, Place]:
    """Places where a run of each kind has gone through at once."""
    places = {kind: Place(tmp_path_factory.mktemp(kind)) for kind in commands}
    for kind, place in places.items():
        place.json("trainer", *commands[kind])
    return places


def checkpoints(place: Place) -> list[Path]:
    return sorted((place.root / "state").rglob("*.npz"))


def assert_same_version(ours: Place, theirs: Place) -> None:
    """Bit for bit, and the same metadata apart from times and energy."""
    one, other = ours.store.load(1), theirs.store.load(1)
    for left, right in zip(
        parameters(one.network), parameters(other.network), strict=True
    ):
        assert left.tobytes() == right.tobytes()
    assert timeless(one.card) == timeless(other.card)


def parameters(network: Network) -> Iterator[Any]:
    yield from (*network.weights, *network.biases)


def timeless(card: Card) -> Card:
    return replace(card, created="", energy={})


MOMENTS = {
    "in the first batch": ("default", {"trainer.sgd.backprop": 1}),
    "in the middle of the first epoch": ("default", {"trainer.sgd.backprop": 4}),
    "in the last batch of an epoch": ("default", {"trainer.sgd.backprop": 16}),
    "in the middle of the last epoch": ("default", {"trainer.sgd.backprop": 20}),
    "while a cost is measured": ("default", {"trainer.fit.cost": 2}),
    "while the last cost is measured": ("default", {"trainer.fit.cost": 3}),
    "while it is calibrated": ("default", {"trainer.training.temperature": 1}),
    "while it is tested": ("default", {"trainer.run.evaluate": 1}),
    "twice, the second while the checkpoint is written": (
        "default",
        {"trainer.sgd.backprop": 10, "trainer.checkpoint.written_aside": 1},
    ),
    "in an epoch of the embedded set": ("embedded", {"trainer.sgd.backprop": 13}),
    "in a per-sample epoch": ("notebook", {"trainer.sgd.train_one_by_one": 6}),
    "after a per-sample epoch": ("notebook", {"trainer.fit.cost": 1}),
}


@pytest.mark.parametrize(("kind", "moments"), MOMENTS.values(), ids=MOMENTS)
def test_run_stopped_and_gone_on_with_ends_the_same(
    place: Place,
    commands: dict[str, Options],
    uninterrupted: dict[str, Place],
    kind: str,
    moments: dict[str, int],
) -> None:
    stopped = run_stopped(place, moments, *commands[kind])
    assert (stopped.code, stopped.stdout) == (143, ""), stopped.stderr
    [checkpoint] = checkpoints(place)
    assert f"--resume goes on from {checkpoint}" in stopped.stderr.splitlines()[-1]
    assert "Traceback" not in stopped.stderr
    assert not place.store.root.exists()
    place.json("trainer", *commands[kind], "--resume")
    assert_same_version(place, uninterrupted[kind])
    assert checkpoints(place) == []


@pytest.mark.parametrize("kind", KINDS)
def test_run_stopped_again_and_again_ends_the_same(
    place: Place,
    commands: dict[str, Options],
    uninterrupted: dict[str, Place],
    kind: str,
) -> None:
    batch = {"default": "backprop", "notebook": "train_one_by_one"}[kind]
    again = (*commands[kind], "--resume")
    for options in (commands[kind], again, again):
        run = run_stopped(place, {f"trainer.sgd.{batch}": 3}, *options)
        assert run.code == 143, run.stderr
        assert len(checkpoints(place)) == 1
    place.json("trainer", *again)
    assert_same_version(place, uninterrupted[kind])


def test_time_and_joules_of_both_parts_are_added_up(
    place: Place, commands: dict[str, Options]
) -> None:
    run_stopped(place, {"trainer.fit.cost": 2}, *commands["default"])
    before = read(checkpoints(place)[0]).spent["fit"]
    document = place.json("trainer", *commands["default"], "--resume")
    assert document["seconds"] > (before["seconds"] or 0) > 0
    assert document["energy"]["joules"] > (before["joules"] or 0) > 0
    rows = 3 * document["train_rows"]
    assert document["samples_per_second"] * document["seconds"] == pytest.approx(rows)
    curve = [point["joules"] for point in document["energy"]["curve"]]
    assert curve == sorted(curve)


def test_drawn_seed_is_the_checkpoints(
    place: Place, commands: dict[str, Options]
) -> None:
    unseeded = [word for word in commands["default"] if word not in ("--seed", 5)]
    run_stopped(place, {"trainer.sgd.backprop": 3}, *unseeded)
    seed = read(checkpoints(place)[0]).facts["seed"]
    assert place.json("trainer", *unseeded, "--resume")["seed"] == seed


@pytest.fixture(scope="module")
def stopped_state(
    tmp_path_factory: pytest.TempPathFactory, commands: dict[str, Options]
) -> Path:
    """The state directory that a stopped run leaves; made once, to be copied."""
    place = Place(tmp_path_factory.mktemp("stopped"))
    run_stopped(place, {"trainer.sgd.backprop": 10}, *commands["default"])
    return place.root / "state"


@pytest.fixture
def stopped(place: Place, stopped_state: Path) -> Place:
    """A place where such a run was stopped."""
    shutil.copytree(stopped_state, place.root / "state")
    return place


def resume(place: Place, *options: object) -> None:
    """What `python -m trainer ... --resume` does, in this process."""
    environ: dict[str, Any] = place.environ()
    words = [*map(str, options), "--resume"]
    CliRunner().invoke(main, words, env=environ, catch_exceptions=False)


OTHERS: dict[str, tuple[Options, str]] = {
    "architecture": (("--hidden", "20,10"), "hidden is [16] there and [20, 10] here"),
    "activation": (("--activation", "sigmoid"), "activation is relu there"),
    "learning rate": (("--learning-rate", 0.01), "learning_rate is 0.2 there"),
    "epochs": (("--epochs", 9), "epochs is 3 there and 9 here"),
    "seed": (("--seed", 6), "seed is 5 there and 6 here"),
    "preset": (("--preset", "notebook"), "preset is default there"),
    "bound": (("--max-seconds", 60), "max_seconds is None there and 60.0 here"),
    "rows": (("--limit", 200), "training rows is 250 there and 200 here"),
    "energy source": (("--source", "none"), "energy source is estimate there"),
}


@pytest.mark.parametrize(("changes", "fault"), OTHERS.values(), ids=OTHERS)
def test_checkpoint_of_another_run_is_refused_by_name(
    stopped: Place, commands: dict[str, Options], changes: Options, fault: str
) -> None:
    [path] = checkpoints(stopped)
    with pytest.raises(OtherRun) as refusal:
        resume(stopped, *commands["default"], *changes)
    text = f"{path} is a checkpoint of another run: {fault}"
    assert str(refusal.value).startswith(text)
    assert checkpoints(stopped) == [path]
    assert not stopped.store.root.exists()


def test_checkpoint_of_other_data_is_refused_by_name(
    stopped: Place, commands: dict[str, Options], tmp_path: Path, digits: Dataset
) -> None:
    others = write(tmp_path / "250.csv", rows_of(digits.rows(slice(1, 251))))
    options = (*commands["default"], "--train", others, "--resume")
    assert (
        "SHA-256 of the training data is"
        in stopped.run("trainer", *options).complaint()
    )


def spoilt(path: Path, **changes: Any) -> None:
    """Write other arrays (None: none) into a checkpoint."""
    with np.load(path) as file:
        arrays = {**file, **changes}
    np.savez(path, **{k: v for k, v in arrays.items() if v is not None})


def respelt(path: Path, **changes: Any) -> None:
    """Write other values into the text of a checkpoint."""
    with np.load(path) as file:
        document = json.loads(str(file["run"]))
    spoilt(path, run=np.array(json.dumps({**document, **changes})))


BROKEN: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-500]),
    "empty": lambda path: path.write_bytes(b""),
    "no archive": lambda path: path.write_text("no archive"),
    "pickled": lambda path: spoilt(path, left=np.array([{}], object)),
    "without weights": lambda path: spoilt(path, W1=None),
    "other shapes": lambda path: spoilt(path, W1=np.zeros((784, 9), np.float32)),
    "other numbers": lambda path: spoilt(path, b1=np.zeros(16)),
    "rows that are not there": lambda path: spoilt(path, left=np.array([0, 10**9])),
    "negative rows": lambda path: spoilt(path, left=np.array([-1])),
    "a row twice": lambda path: spoilt(path, left=np.array([3, 3])),
    "text that is no JSON": lambda path: spoilt(path, run=np.array("{")),
    "no text": lambda path: spoilt(path, run=None),
    "other format": lambda path: respelt(path, format=2),
    "other fields": lambda path: respelt(path, more=1),
    "other types": lambda path: respelt(path, facts=[]),
    "no generator": lambda path: respelt(path, course={"rng": {}, "reports": []}),
    "no course": lambda path: respelt(path, course={}),
    "nothing spent": lambda path: respelt(path, spent={}),
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_broken_checkpoint_is_refused(
    stopped: Place, commands: dict[str, Options], spoil: Callable[[Path], object]
) -> None:
    [path] = checkpoints(stopped)
    spoil(path)
    with pytest.raises(BrokenCheckpoint) as refusal:
        resume(stopped, *commands["default"])
    assert str(refusal.value).startswith(f"{path} is not a checkpoint: ")
    assert path.exists()
    assert not stopped.store.root.exists()


def test_damaged_checkpoint_is_told_in_one_line(
    stopped: Place, commands: dict[str, Options]
) -> None:
    [path] = checkpoints(stopped)
    path.write_bytes(path.read_bytes()[:-500])
    line = stopped.run("trainer", *commands["default"], "--resume").complaint()
    assert f"{path} is not a checkpoint: " in line


def test_without_a_checkpoint_the_run_begins_anew_and_says_so(
    place: Place, commands: dict[str, Options], uninterrupted: dict[str, Place]
) -> None:
    run = place.run("trainer", *commands["default"], "--resume")
    assert run.code == 0
    assert "no checkpoint in" in run.stderr
    assert_same_version(place, uninterrupted["default"])


def test_run_without_resume_leaves_the_checkpoint_for_later(
    stopped: Place, commands: dict[str, Options], uninterrupted: dict[str, Place]
) -> None:
    """Also if it is stopped itself: each has a file of its own."""
    [path] = checkpoints(stopped)
    other = (*commands["default"], "--seed", 6)
    run = run_stopped(stopped, {"trainer.sgd.backprop": 2}, *other)
    assert "keeps 1 stopped run(s)" in run.stderr
    assert checkpoints(stopped)[0] == path
    assert len(checkpoints(stopped)) == 2
    stopped.json("trainer", *commands["default"], "--resume")
    assert_same_version(stopped, uninterrupted["default"])
    assert len(checkpoints(stopped)) == 1
    assert stopped.json("trainer", *other, "--resume", "--no-gate")["seed"] == 6
    assert checkpoints(stopped) == []


def test_state_that_cannot_be_written_costs_the_checkpoint_only(
    place: Place, commands: dict[str, Options]
) -> None:
    (place.root / "state").touch()
    run = run_stopped(place, {"trainer.sgd.backprop": 2}, *commands["default"])
    assert run.code == 143
    assert "no checkpoint could be written" in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr


def test_commands_of_the_store_pass_a_checkpoint_over(
    stopped: Place, network: Network, card: Card
) -> None:
    stopped.store.publish(network, card)
    assert stopped.json("model_store", "verify")["checked"] == [1]
    assert len(stopped.json("model_store", "list")["versions"]) == 1
    assert stopped.json("model_store", "prune", "--keep", 1)["removed"] == []
    assert len(checkpoints(stopped)) == 1


def test_schedule_goes_on_with_a_stopped_run_at_once(
    trained: Place, stopped_state: Path, commands: dict[str, Options]
) -> None:
    """Although the served version is fully trained; then it waits for its moment."""
    shutil.copytree(stopped_state, trained.root / "state")
    options = (*commands["default"][1:], "--no-gate", "--resume")
    run = trained.start("trainer", "schedule", "--cron", "0 3 1 1 *", *options)
    wait_for(run, "next training at")
    assert run.process.pid
    os.kill(run.process.pid, signal.SIGTERM)
    assert run.end().code == 143
    assert "going on from" in run.stderr
    assert trained.store.versions() == [1, 2]
    assert checkpoints(trained) == []
