"""Ctrl-C and SIGTERM: a training ends between two batches and leaves nothing."""

import os
import signal

import pytest

from tests.support.commands import Place
from tests.trainer.waiting import wait_for


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
@pytest.mark.parametrize("preset", ["default", "notebook"])
def test_signal_ends_a_training_that_leaves_a_checkpoint_and_no_version(
    place: Place,
    quick: tuple[object, ...],
    preset: str,
    number: signal.Signals,
    code: int,
) -> None:
    endless = ("--preset", preset, "--epochs", 10**9, "--progress", "json", "--json")
    run = place.start("trainer", *quick, *endless)
    wait_for(run, '"epoch": 3')
    assert run.process.pid
    os.kill(run.process.pid, number)
    assert run.end().code == code
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert not [path for path in (place.root / "models").rglob("*") if path.is_file()]
    assert len(list((place.root / "state" / "checkpoints").iterdir())) == 1
