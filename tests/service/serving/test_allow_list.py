"""A service with an allow list serves what is on it, and follows the list."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from model_store import AllowList, Model, ModelStore
from service.serving.current_model import CurrentModel

Publish = Callable[..., Model]
Grown = Callable[..., float]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "SHA256SUMS"


@pytest.fixture
def models(tmp_path: Path, path: Path) -> CurrentModel:
    place = (tmp_path / "models", tmp_path / "state")
    return CurrentModel(ModelStore(*place, AllowList(path)))


def _allow(path: Path, store: ModelStore, *versions: int) -> None:
    files = [store.path(version) for version in versions]
    sums = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    path.write_text("\n".join(sums))


def _served(models: CurrentModel) -> int | None:
    models.refresh()
    return models.loaded.version if models.loaded else None


def test_unlisted_version_is_logged_and_counted_once_and_never_served(
    store: ModelStore,
    models: CurrentModel,
    publish: Publish,
    path: Path,
    grown: Grown,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for seed in range(3):
        publish(store, seed)
    _allow(path, store, 1, 2)
    with caplog.at_level(logging.ERROR):
        assert [_served(models) for _ in range(3)] == [2, 2, 2]
    assert grown("digits_model_loads_total", outcome="forbidden") == 1
    assert len(caplog.records) == 1
    assert "version 3 is not served" in caplog.text


def test_list_is_followed_as_it_changes(
    store: ModelStore, models: CurrentModel, publish: Publish, path: Path
) -> None:
    for seed in range(3):
        publish(store, seed)
    assert _served(models) is None
    served = []
    for allowed in ([1], [1, 2, 3], [2], [], [2]):
        _allow(path, store, *allowed)
        served.append(_served(models))
    assert served == [1, 3, 2, None, 2]


@pytest.mark.parametrize("removed", [False, True])
def test_revoked_version_is_served_no_more_even_if_it_is_pinned(
    store: ModelStore,
    models: CurrentModel,
    publish: Publish,
    path: Path,
    removed: bool,
) -> None:
    for seed in range(2):
        publish(store, seed)
    _allow(path, store, 1, 2)
    store.pin(2)
    assert _served(models) == 2
    _allow(path, store, 1)
    if removed:
        store.path(2).unlink()
    assert _served(models) == 1
    path.write_text("")
    assert _served(models) is None


def test_list_that_cannot_be_read_revokes_nothing(
    store: ModelStore, models: CurrentModel, publish: Publish, path: Path
) -> None:
    publish(store, 0)
    _allow(path, store, 1)
    assert _served(models) == 1
    path.unlink()
    assert _served(models) == 1
