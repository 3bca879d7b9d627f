"""Any stored version by its number: few stay loaded, and broken ones are refused."""

from collections.abc import Callable

import pytest

from model_store import CorruptModel, Model, ModelNotFound, ModelStore
from service.serving.catalog import Catalog
from service.serving.versions import MOST_LOADED, Versions

Publish = Callable[..., Model]


@pytest.fixture
def versions(store: ModelStore, publish: Publish) -> Versions:
    """Over a store of one version more than stay loaded."""
    for seed in range(MOST_LOADED + 1):
        publish(store, seed)
    return Versions(store, Catalog(store))


def test_version_is_the_one_that_was_asked_for(versions: Versions) -> None:
    assert [versions.get(number).version for number in (3, 1, 2)] == [3, 1, 2]


def test_version_that_was_asked_lately_is_not_read_again(versions: Versions) -> None:
    first = versions.get(1)
    for number in range(2, MOST_LOADED + 1):
        versions.get(number)
    assert versions.get(1) is first


def test_version_that_was_asked_long_ago_is_let_go(versions: Versions) -> None:
    first = versions.get(1)
    for number in range(2, MOST_LOADED + 2):
        versions.get(number)
    assert versions.get(1) is not first


def test_version_that_was_pruned_is_not_found(
    versions: Versions, store: ModelStore
) -> None:
    versions.get(2)
    store.path(2).unlink()
    with pytest.raises(ModelNotFound):
        versions.get(2)


def test_broken_version_is_refused(versions: Versions, store: ModelStore) -> None:
    store.path(9).write_bytes(b"broken")
    with pytest.raises(CorruptModel):
        versions.get(9)
