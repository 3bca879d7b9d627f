"""The catalogue of stored versions: valid and broken ones, each file read once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from model_store import CorruptModel, Model, ModelNotFound, ModelStore, StoreUnavailable
from service.serving.catalog import MOST_LOADED, Catalog
from tests.support.stores import file_of

Publish = Callable[..., Model]


class _CountingStore(ModelStore):
    """Counts how often a version is read; can refuse to read."""

    loads = 0
    refuses = False

    def read(self, version: int) -> Model:
        self.loads += 1
        if self.refuses:
            raise StoreUnavailable(self.path(version), OSError(5, "I/O error"))
        return super().read(version)


@pytest.fixture
def counting(tmp_path: Path, publish: Publish) -> _CountingStore:
    """A store of two versions that has not been read yet."""
    store = _CountingStore(tmp_path / "models", tmp_path / "state")
    publish(store, metrics={"test_accuracy": 0.5})
    publish(store, metrics={"test_accuracy": 0.6})
    store.loads = 0
    return store


def test_cards_come_in_rising_order_without_broken_versions(
    counting: _CountingStore,
) -> None:
    file_of(counting, 3).write_bytes(b"broken")
    cards = Catalog(counting).cards()
    assert [(v, card.test_accuracy) for v, card in cards.items()] == [
        (1, 0.5),
        (2, 0.6),
    ]


def test_each_file_is_read_once_broken_ones_too(counting: _CountingStore) -> None:
    file_of(counting, 3).write_bytes(b"broken")
    catalog = Catalog(counting)
    for _ in range(3):
        catalog.cards()
        catalog.card(1)
    assert counting.loads == 3


def test_version_that_is_removed_leaves_the_catalogue(counting: _CountingStore) -> None:
    catalog = Catalog(counting)
    catalog.cards()
    file_of(counting, 1).unlink()
    assert list(catalog.cards()) == [2]
    with pytest.raises(ModelNotFound):
        catalog.card(1)


def test_broken_version_says_what_is_wrong(counting: _CountingStore) -> None:
    file_of(counting, 3).write_bytes(b"broken")
    with pytest.raises(CorruptModel, match=r"complete \.npz"):
        Catalog(counting).card(3)


def test_version_that_could_not_be_read_is_read_again(counting: _CountingStore) -> None:
    catalog = Catalog(counting)
    counting.refuses = True
    assert catalog.cards() == {}
    counting.refuses = False
    assert list(catalog.cards()) == [1, 2]


def test_store_that_cannot_be_listed_is_unavailable(counting: _CountingStore) -> None:
    versions = file_of(counting, 1).parent
    versions.rename(versions.with_name("away"))
    versions.write_text("a file where a directory belongs")
    with pytest.raises(StoreUnavailable):
        Catalog(counting).cards()


@pytest.fixture
def full(store: ModelStore, publish: Publish) -> Catalog:
    """Over a store of one version more than stay loaded."""
    for seed in range(MOST_LOADED + 1):
        publish(store, seed)
    return Catalog(store)


def test_model_is_the_version_that_was_asked_for(full: Catalog) -> None:
    assert [full.model(number).version for number in (3, 1, 2)] == [3, 1, 2]


def test_model_that_was_asked_for_lately_is_not_read_again(full: Catalog) -> None:
    first = full.model(1)
    for number in range(2, MOST_LOADED + 1):
        full.model(number)
    assert full.model(1) is first


def test_model_that_was_asked_for_long_ago_is_let_go(full: Catalog) -> None:
    first = full.model(1)
    for number in range(2, MOST_LOADED + 2):
        full.model(number)
    assert full.model(1) is not first


def test_model_whose_file_is_replaced_is_read_again(
    full: Catalog, store: ModelStore
) -> None:
    first = full.model(1)
    file_of(store, 2).replace(file_of(store, 1))
    assert full.model(1) is not first


def test_model_that_was_pruned_is_not_found(full: Catalog, store: ModelStore) -> None:
    full.model(2)
    file_of(store, 2).unlink()
    with pytest.raises(ModelNotFound):
        full.model(2)


def test_broken_model_is_refused(full: Catalog, store: ModelStore) -> None:
    file_of(store, 9).write_bytes(b"broken")
    with pytest.raises(CorruptModel):
        full.model(9)
