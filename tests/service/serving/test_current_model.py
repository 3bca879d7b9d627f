"""Which version is served: the newest valid one or the pin, swapped in whole."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model_store import Author, Model, ModelStore, StoreUnavailable
from model_store.network import Floats
from service.serving.current_model import CurrentModel, NoModel
from tests.support.stores import file_of

Publish = Callable[..., Model]
Grown = Callable[..., float]

PIXELS = np.arange(784, dtype=np.uint8)[None]


@pytest.fixture
def models(store: ModelStore) -> CurrentModel:
    return CurrentModel(store)


def _served(models: CurrentModel) -> int:
    models.refresh()
    return models.get().version


def _spoil(store: ModelStore, version: int) -> None:
    path = file_of(store, version)
    path.write_bytes(path.read_bytes()[:-100] if path.exists() else b"broken")


def test_first_version_is_taken_up_by_who_asks_for_it(
    store: ModelStore, models: CurrentModel, publish: Publish, grown: Grown
) -> None:
    assert models.loaded is None
    for _ in range(2):
        with pytest.raises(NoModel, match="no version yet"):
            models.get()
    publish(store)
    assert models.pick().version == 1
    publish(store)
    assert models.pick().version == 1  # a later one waits for its refresh
    assert grown("digits_model_loads_total", outcome="ok") == 1


def test_newest_version_is_served(
    store: ModelStore, models: CurrentModel, publish: Publish
) -> None:
    for seed in range(3):
        publish(store, seed)
    assert _served(models) == 3


def test_version_that_appears_is_taken_up(
    store: ModelStore, models: CurrentModel, publish: Publish, grown: Grown
) -> None:
    with pytest.raises(NoModel):
        _served(models)
    publish(store)
    assert _served(models) == 1
    publish(store)
    assert _served(models) == 2
    assert grown("digits_model_loads_total", outcome="ok") == 2


def test_version_is_loaded_once(
    store: ModelStore, models: CurrentModel, publish: Publish, grown: Grown
) -> None:
    publish(store)
    models.refresh()
    first = models.get()
    models.refresh()
    assert models.get() is first
    assert grown("digits_model_loads_total", outcome="ok") == 1


def test_broken_newer_version_is_logged_and_counted_once_and_the_old_goes_on(
    store: ModelStore,
    models: CurrentModel,
    publish: Publish,
    grown: Grown,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(store)
    assert _served(models) == 1
    _spoil(store, 2)
    with caplog.at_level(logging.ERROR):
        assert [_served(models) for _ in range(3)] == [1, 1, 1]
    assert grown("digits_model_loads_total", outcome="broken") == 1
    assert len(caplog.records) == 1
    assert "version 2" in caplog.text
    assert "not a complete .npz" in caplog.text


def test_good_version_between_broken_ones_is_found(
    store: ModelStore, models: CurrentModel, publish: Publish, grown: Grown
) -> None:
    for seed in range(4):
        publish(store, seed)
    for version in (1, 3, 4):
        _spoil(store, version)
    assert _served(models) == 2
    assert grown("digits_model_loads_total", outcome="broken") == 2


def test_broken_file_that_is_replaced_is_tried_again(
    store: ModelStore, models: CurrentModel, publish: Publish, tmp_path: Path
) -> None:
    good = publish(store)
    _spoil(store, 2)
    assert _served(models) == 1
    file_of(store, good.version).rename(file_of(store, 2))
    assert _served(models) == 2


def test_version_that_could_not_be_read_is_tried_again(
    tmp_path: Path, publish: Publish, grown: Grown
) -> None:
    store = _ReluctantStore(tmp_path / "models", tmp_path / "state")
    models = CurrentModel(store)
    publish(store)
    store.refuses = True
    for _ in range(2):
        with pytest.raises(NoModel):
            _served(models)
    assert grown("digits_model_loads_total", outcome="unavailable") == 4  # looks
    store.refuses = False
    assert _served(models) == 1


def test_store_that_cannot_be_listed_keeps_the_model(
    store: ModelStore, models: CurrentModel, publish: Publish, grown: Grown
) -> None:
    publish(store)
    assert _served(models) == 1
    versions = file_of(store, 1).parent
    versions.rename(versions.with_name("away"))
    versions.write_text("a file where a directory belongs")
    assert [_served(models) for _ in range(3)] == [1, 1, 1]
    assert grown("digits_model_loads_total", outcome="unavailable") == 3


def test_reader_meets_a_whole_model_while_versions_change(
    store: ModelStore, models: CurrentModel, publish: Publish
) -> None:
    expected = {1: publish(store, 1).network.outputs(PIXELS)}
    models.refresh()
    done = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(_wrong_reads, models, expected, done) for _ in range(4)]
        for version in range(2, 12):
            network = publish(store, version).network
            expected[version] = network.outputs(PIXELS)
            models.refresh()
        done.set()
    assert models.get().version == 11
    assert [reader.result() for reader in readers] == [[], [], [], []]


def _wrong_reads(
    models: CurrentModel, expected: dict[int, Floats], done: threading.Event
) -> list[int]:
    """Read until it is done; the versions whose outputs were not their own."""
    wrong = []
    while not done.is_set():
        model = models.get()
        if not np.array_equal(model.network.outputs(PIXELS), expected[model.version]):
            wrong.append(model.version)
    return wrong


class _ReluctantStore(ModelStore):
    """A store whose files cannot be read for a while, as when no handle is free."""

    refuses = False

    def load(self, version: int) -> Model:
        if self.refuses:
            raise StoreUnavailable(
                self.path(version), OSError(24, "Too many open files")
            )
        return super().load(version)


def test_loaded_version_that_is_withdrawn_gives_way_to_the_next_one(
    store: ModelStore, models: CurrentModel, publish: Publish, grown: Grown
) -> None:
    for seed in range(2):
        publish(store, seed)
    assert _served(models) == 2
    store.withdrawals.add(2, Author("anna@desk"))
    assert _served(models) == 1
    assert grown("digits_model_loads_total", outcome="broken") == 0
    store.withdrawals.marker(2).unlink()
    assert _served(models) == 2


def test_service_whose_only_version_is_withdrawn_is_not_ready(
    store: ModelStore, models: CurrentModel, publish: Publish
) -> None:
    publish(store)
    assert _served(models) == 1
    store.withdrawals.add(1, Author("anna@desk"))
    with pytest.raises(NoModel, match="may be served"):
        _served(models)
