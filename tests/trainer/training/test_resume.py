"""A training that is stopped and gone on with ends as if nothing had stopped it."""

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from model_store import Card, Network, StoreUnavailable
from model_store.backprop import backprop
from tests.support.commands import Place
from tests.support.stores import root_of
from tests.trainer.in_process import invoke
from tests.trainer.stopped_runs import (
    KINDS,
    Moment,
    Options,
    checkpoints,
    in_batch,
    in_calibration,
    in_checkpoint,
    in_cost,
    in_evaluation,
    in_samples,
    run_stopped,
)
from tests.trainer.waiting import wait_for
from trainer.learning import sgd
from trainer.training.checkpoint import read


@pytest.fixture(scope="module")
def uninterrupted(
    tmp_path_factory: pytest.TempPathFactory, commands: dict[str, Options]
) -> dict[str, Place]:
    """Places where a run of each kind has gone through at once."""
    places = {kind: Place(tmp_path_factory.mktemp(kind)) for kind in commands}
    for kind, place in places.items():
        place.json("trainer", *commands[kind])
    return places


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


MOMENTS: dict[str, tuple[str, dict[Moment, int]]] = {
    "in the first batch": ("default", {in_batch: 1}),
    "in the middle of the first epoch": (
        "default",
        {in_batch: 4},
    ),
    "in the last batch of an epoch": ("default", {in_batch: 16}),
    "in the middle of the last epoch": (
        "default",
        {in_batch: 20},
    ),
    "while a cost is measured": ("default", {in_cost: 2}),
    "while the last cost is measured": ("default", {in_cost: 3}),
    "while it is calibrated": ("default", {in_calibration: 1}),
    "while it is tested": ("default", {in_evaluation: 1}),
    "twice, the second while the checkpoint is written": (
        "default",
        {
            in_batch: 10,
            in_checkpoint: 1,
        },
    ),
    "in an epoch of the embedded set": (
        "embedded",
        {in_batch: 13},
    ),
    "in a per-sample epoch": ("notebook", {in_samples: 6}),
    "after a per-sample epoch": ("notebook", {in_cost: 1}),
}


@pytest.mark.parametrize(("kind", "moments"), MOMENTS.values(), ids=MOMENTS)
def test_run_stopped_and_gone_on_with_ends_the_same(
    place: Place,
    commands: dict[str, Options],
    uninterrupted: dict[str, Place],
    kind: str,
    moments: dict[Moment, int],
) -> None:
    stopped = run_stopped(place, moments, *commands[kind])
    assert (stopped.code, stopped.stdout) == (143, ""), stopped.stderr
    [checkpoint] = checkpoints(place)
    assert f"--resume goes on from {checkpoint}" in stopped.stderr.splitlines()[-1]
    assert "Traceback" not in stopped.stderr
    assert not root_of(place.store).exists()
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
    moment = {"default": in_batch, "notebook": in_samples}[kind]
    again = (*commands[kind], "--resume")
    for options in (commands[kind], again, again):
        run = run_stopped(place, {moment: 3}, *options)
        assert run.code == 143, run.stderr
        assert len(checkpoints(place)) == 1
    place.json("trainer", *again)
    assert_same_version(place, uninterrupted[kind])


def test_time_and_joules_of_both_parts_are_added_up(
    place: Place, commands: dict[str, Options]
) -> None:
    run_stopped(place, {in_cost: 2}, *commands["default"])
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
    run_stopped(place, {in_batch: 3}, *unseeded)
    seed = read(checkpoints(place)[0]).facts["seed"]
    assert place.json("trainer", *unseeded, "--resume")["seed"] == seed


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
    run = run_stopped(stopped, {in_batch: 2}, *other)
    assert "keeps 1 stopped run(s)" in run.stderr
    assert checkpoints(stopped)[0] == path
    assert len(checkpoints(stopped)) == 2
    stopped.json("trainer", *commands["default"], "--resume")
    assert_same_version(stopped, uninterrupted["default"])
    assert len(checkpoints(stopped)) == 1
    assert stopped.json("trainer", *other, "--resume", "--no-gate")["seed"] == 6
    assert checkpoints(stopped) == []


def fill_the_disk_in_a_batch(directory: str) -> None:
    """From the third batch on, no file can be written in the directory."""
    calls: list[None] = []

    def spoil(*arguments: Any) -> Any:
        calls.append(None)
        if len(calls) == 3:
            (Path(directory) / "checkpoints").touch()
            os.kill(os.getpid(), signal.SIGTERM)
        return backprop(*arguments)

    setattr(sgd, "backprop", spoil)  # noqa: B010 (in a process that ends)


def test_state_that_can_no_longer_be_written_costs_the_checkpoint_only(
    place: Place, commands: dict[str, Options]
) -> None:
    state = place.root / "state"
    state.mkdir()
    preparation = (fill_the_disk_in_a_batch, str(state))
    run = place.start_prepared(preparation, "trainer", *commands["default"]).end()
    assert run.code == 143
    assert "no checkpoint could be written" in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr


def full_disk(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.usefixtures("no_report")
def test_network_that_cannot_be_published_is_kept_and_published_by_resume(
    place: Place,
    commands: dict[str, Options],
    uninterrupted: dict[str, Place],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as full:
        full.setattr(os, "link", full_disk)
        with pytest.raises(StoreUnavailable, match="No space left on device"):
            invoke(place, *commands["default"])
    [checkpoint] = checkpoints(place)
    assert place.store.versions() == []
    result = invoke(place, *commands["default"], "--resume")
    assert f"going on from {checkpoint}" in result.stderr
    assert_same_version(place, uninterrupted["default"])
    assert checkpoints(place) == []


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
