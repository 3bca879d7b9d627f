"""Every test of the store runs against a directory, and against a bucket."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_store import Card, ModelStore, Network
from tests.support.buckets import imitated_bucket
from tests.support.commands import Place

_prefixes = itertools.count(1)


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """A bucket that the environment names, as the end-to-end tests do; else moto's."""
    if given := os.environ.get("TEST_BUCKET"):
        yield given
        return
    with imitated_bucket() as address:
        yield address


@pytest.fixture(params=["directory", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty store and the programs that use it."""
    if request.param == "directory":
        return Place(tmp_path)
    address = request.getfixturevalue("bucket")
    return Place(tmp_path, f"{address}/{next(_prefixes)}/prefix")


@pytest.fixture
def full(store: ModelStore, network: Network, card: Card) -> ModelStore:
    """A store with versions 1, 2 and 3."""
    for _ in range(3):
        store.publish(network, card)
    return store
