"""A checkpoint of another run, or a broken one, is refused; nothing is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.commands import Place
from tests.support.stores import root_of
from tests.trainer.csv_files import rows_of, write
from tests.trainer.in_process import invoke
from tests.trainer.stopped_runs import Options, checkpoints
from trainer.data.dataset import Dataset
from trainer.training.checkpoint import BrokenCheckpoint, OtherRun

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
        invoke(stopped, *commands["default"], *changes, "--resume")
    text = f"{path} is a checkpoint of another run: {fault}"
    assert str(refusal.value).startswith(text)
    assert checkpoints(stopped) == [path]
    assert not root_of(stopped.store).exists()


def test_checkpoint_of_other_data_is_refused_by_name(
    stopped: Place, commands: dict[str, Options], tmp_path: Path, digits: Dataset
) -> None:
    others = write(tmp_path / "250.csv", rows_of(digits.rows(slice(1, 251))))
    options = (*commands["default"], "--train", others, "--resume")
    assert (
        "SHA-256 of the training data is"
        in stopped.run("trainer", *options).error_line()
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
    "other format": lambda path: respelt(path, format=1),
    "other fields": lambda path: respelt(path, more=1),
    "other types": lambda path: respelt(path, facts=[]),
    "no generator": lambda path: respelt(path, state={"rng": {}, "reports": []}),
    "no state": lambda path: respelt(path, state={}),
    "nothing spent": lambda path: respelt(path, spent={}),
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_broken_checkpoint_is_refused(
    stopped: Place, commands: dict[str, Options], spoil: Callable[[Path], object]
) -> None:
    [path] = checkpoints(stopped)
    spoil(path)
    with pytest.raises(BrokenCheckpoint) as refusal:
        invoke(stopped, *commands["default"], "--resume")
    assert str(refusal.value).startswith(f"{path} is not a checkpoint: ")
    assert path.exists()
    assert not root_of(stopped.store).exists()


def test_damaged_checkpoint_is_told_in_one_line(
    stopped: Place, commands: dict[str, Options]
) -> None:
    [path] = checkpoints(stopped)
    path.write_bytes(path.read_bytes()[:-500])
    line = stopped.run("trainer", *commands["default"], "--resume").error_line()
    assert f"{path} is not a checkpoint: " in line
