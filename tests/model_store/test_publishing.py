"""Several processes publish at once, or are killed: a reader sees whole versions."""

import os
import random
import time
from pathlib import Path

import pytest

from model_store import Card, ModelStore, Network
from tests.model_store.publishing import publish, publish_with_others
from tests.support.commands import Place, processes
from tests.support.stores import files_in
from tests.support.waiting import TIMEOUT_S


@pytest.fixture
def begun(place: Place, network: Network, card: Card) -> Place:
    """A store with version 1."""
    place.store.publish(network, card)
    return place


def noted(root: Path) -> list[int]:
    """The numbers that publishers were given."""
    return sorted(int(p.name.split("-")[1]) for p in root.glob("published-*"))


def check_new(store: ModelStore, seen: set[int]) -> None:
    """Whatever a reader finds is whole, and the newest one is served."""
    versions = store.versions()
    assert [store.verify(version) for version in versions if version not in seen] == [
        None
    ] * len(set(versions) - seen)
    assert store.served().version >= max(versions)
    seen.update(versions)


def test_concurrent_publishers_get_numbers_of_their_own(begun: Place) -> None:
    together = processes.Barrier(4)
    publishers = [
        processes.Process(
            target=publish_with_others, args=(begun, dict(os.environ), 15, together)
        )
        for _ in range(4)
    ]
    seen: set[int] = set()
    for publisher in publishers:
        publisher.start()
    while any(publisher.is_alive() for publisher in publishers):
        check_new(begun.store, seen)
    assert [publisher.exitcode for publisher in publishers] == [0] * 4
    # A number given twice would have failed to be noted, a lost one would be missing.
    assert noted(begun.root) == list(range(2, 62))
    assert begun.store.versions() == list(range(1, 62))
    assert not [name for name in files_in(begun.store.root) if "unfinished" in name]


def test_killed_publishers_leave_only_whole_versions(begun: Place) -> None:
    rng = random.Random(9)
    seen: set[int] = set()
    for _ in range(8):
        before = len(noted(begun.root))
        publisher = processes.Process(
            target=publish, args=(begun, dict(os.environ), None)
        )
        publisher.start()
        while publisher.is_alive() and len(noted(begun.root)) == before:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.01))
        publisher.kill()
        publisher.join(TIMEOUT_S)
        check_new(begun.store, seen)
    assert len(seen) > 8
    assert begun.store.versions() == list(range(1, len(seen) + 1))
