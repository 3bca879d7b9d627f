"""What the end-to-end tests share: an installation, and one that has a first model."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """An installation with an empty store."""
    return Installation(tmp_path)


@pytest.fixture(scope="session")
def first_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that `python -m trainer first` leaves; made once, to be copied."""
    place = Installation(tmp_path_factory.mktemp("first"))
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
