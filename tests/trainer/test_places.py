"""A run that could not leave what it makes is refused before it trains."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Place
from tests.trainer.in_process import invoke
from trainer.places import NotWritable

Quick = tuple[object, ...]


@pytest.fixture
def shared_place() -> Iterator[Place]:
    """A place that every user can enter; pytest's own directories are for one only."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o777)
        yield Place(Path(directory))


@contextlib.contextmanager
def no_root() -> Iterator[int]:
    """Root writes anywhere; so this process is somebody else for a while: its uid."""
    if os.geteuid():
        yield os.geteuid()
        return
    os.seteuid(65534)
    try:
        yield 65534
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("name", ["models", "state", "data"])
@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["read-only", "hidden"])
def test_directory_of_somebody_else_is_named_with_its_owner(
    shared_place: Place, name: str, mode: int
) -> None:
    directory = shared_place.root / name
    directory.mkdir()
    directory.chmod(mode)
    with no_root() as uid, pytest.raises(NotWritable) as refusal:
        invoke(shared_place, "train")
    directory.chmod(0o755)
    text = str(refusal.value)
    assert text.startswith(str(directory))
    assert f"{directory} belongs to uid {directory.stat().st_uid}" in text
    assert f"this program runs as uid {uid}" in text
    assert [*directory.iterdir()] == []


def test_file_in_the_place_of_a_directory_is_told_in_one_line(
    place: Place, quick: Quick
) -> None:
    (place.root / "state").touch()
    line = place.run("trainer", *quick).error_line()
    assert f"{place.root / 'state'}" in line
    assert not (place.root / "models").exists()


def test_schedule_ends_at_once_if_it_could_not_write(place: Place) -> None:
    (place.root / "models").touch()
    run = place.run("trainer", "schedule", "--cron", "0 3 * * *")
    assert str(place.root / "models") in run.error_line()


def test_try_leaves_no_directory(place: Place, train_csv: Path) -> None:
    with pytest.raises(Exception, match=r"gone\.csv: no such file"):
        invoke(place, "train", "--train", train_csv, "--test", "gone.csv")
    assert not (place.root / "models").exists()
    assert not (place.root / "state").exists()
