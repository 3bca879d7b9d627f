"""What the end-to-end tests share: an installation, and one that has a first model."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let files run side by side, and the tests of one file one after another.

    Those of the files that share the Docker engine are a group, and come first, as they
    take the longest.
    """
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """An installation with an empty store."""
    return Installation(tmp_path)


@pytest.fixture(scope="session")
def first_store(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The store that `python -m trainer first` leaves; made once, to be copied.

    The process that comes first makes it, and the others wait.
    """
    scratch = tmp_path_factory.getbasetemp()
    place = Installation(scratch if worker_id == "master" else scratch.parent)
    with (place.root / "first.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.versions.exists():
            first = place.run("trainer", "first")
            assert first.returncode == 0, first.stderr
    return place.store


@pytest.fixture
def trained(place: Installation, first_store: Path) -> Installation:
    """An installation whose store holds version 1."""
    shutil.copytree(first_store, place.store)
    return place


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, first_store: Path
) -> Iterator[Service]:
    """A ready service that the tests of a module share."""
    place = Installation(tmp_path_factory.mktemp("shared"))
    shutil.copytree(first_store, place.store)
    with place.serving() as service:
        wait_until("the service is ready", service.is_ready)
        yield service
