"""A full and a read-only store: one clear line, nothing lost, predictions go on."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import digits
from tests.support.installation import Installation

TRAIN = (
    *("trainer", "train", "--data", "embedded", "--no-gate"),
    *("--epochs", "1", "--json"),
)


@pytest.fixture
def full(trained: Installation) -> Iterator[Installation]:
    """An installation whose store has no room for a second model."""
    model = (trained.versions / "000001.npz").read_bytes()
    size = len(model) * 3 // 2
    with _mounted(trained.store, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        trained.versions.mkdir()
        (trained.versions / "000001.npz").write_bytes(model)
        yield trained


@pytest.fixture
def read_only(trained: Installation) -> Iterator[Installation]:
    """An installation whose store is mounted read-only."""
    with _mounted(trained.store, "--bind", "-o", "ro", str(trained.store)):
        yield trained


@pytest.fixture(params=["full", "read_only"])
def refusing(request: pytest.FixtureRequest) -> Installation:
    """A store that takes no further version."""
    place: Installation = request.getfixturevalue(request.param)
    return place


def test_training_ends_with_one_line(refusing: Installation) -> None:
    training = refusing.run(*TRAIN, "--progress", "json")
    assert training.returncode == 2
    assert training.stdout == ""
    complaint = training.stderr.splitlines()[-1]
    assert complaint.startswith("python -m trainer: ")
    assert str(refusing.store) in complaint
    assert "Traceback" not in training.stderr


def test_refused_publication_leaves_the_versions_as_they_were(
    refusing: Installation,
) -> None:
    before = _files(refusing.store)
    refusing.run(*TRAIN)
    assert _files(refusing.store) == before
    assert refusing.listed() == [1]


def test_service_predicts_from_a_store_it_cannot_write(
    refusing: Installation,
) -> None:
    with refusing.serving() as service:
        assert service.is_ready()
        assert service.predict(digits.picture(2)).json()["model"]["version"] == 1


@contextlib.contextmanager
def _mounted(directory: Path, *arguments: str) -> Iterator[None]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    mount = subprocess.run(
        ["mount", *arguments, directory], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        pytest.skip(f"mounting is not allowed here: {mount.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", directory], check=True)


def _files(store: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(store)): path.read_bytes()
        for path in store.rglob("*")
        if path.is_file()
    }
