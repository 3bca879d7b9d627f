"""The pin: followed while it can be, else the loaded model goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from model_store import Model, ModelStore
from service.serving.current_model import CurrentModel

Publish = Callable[..., Model]
Grown = Callable[..., float]


@pytest.fixture
def models(store: ModelStore) -> CurrentModel:
    return CurrentModel(store)


def _served(models: CurrentModel) -> int:
    models.refresh()
    return models.get().version


def _pin(tmp_path: Path, text: str) -> None:
    """Write PINNED as a mistaken hand would, unchecked."""
    (tmp_path / "state").mkdir(exist_ok=True)
    (tmp_path / "state" / "PINNED").write_text(text)


def test_pin_is_followed_and_let_go(
    store: ModelStore, models: CurrentModel, publish: Publish
) -> None:
    for seed in range(3):
        publish(store, seed)
    served = [_served(models)]
    for version in (1, 2):
        store.pin(version)
        served.append(_served(models))
    store.unpin()
    assert [*served, _served(models)] == [3, 1, 2, 3]


@pytest.mark.parametrize("text", ["9", "", "two", "-1", "1 2", "\0", "9" * 30])
def test_pin_that_cannot_be_followed_keeps_the_loaded_model(
    store: ModelStore,
    models: CurrentModel,
    publish: Publish,
    grown: Grown,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    publish(store)
    assert _served(models) == 1
    _pin(store.state.parent, text)
    publish(store)
    assert [_served(models), _served(models)] == [1, 1]
    assert grown("digits_model_loads_total", outcome="unavailable") == 2
    assert len(caplog.records) == 1


@pytest.mark.parametrize("text", ["9", "3", "two"])
def test_at_start_the_newest_valid_version_stands_in_for_a_bad_pin(
    store: ModelStore,
    models: CurrentModel,
    publish: Publish,
    tmp_path: Path,
    text: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(store)
    publish(store)
    store.path(3).write_bytes(b"broken")
    _pin(tmp_path, text)
    assert _served(models) == 2
    assert "pin" in caplog.text


def test_pin_that_is_mended_is_followed(
    store: ModelStore, models: CurrentModel, publish: Publish, tmp_path: Path
) -> None:
    publish(store)
    publish(store)
    _pin(tmp_path, "zwei")
    assert _served(models) == 2
    _pin(tmp_path, "1\n")
    assert _served(models) == 1


def test_pinned_version_that_appears_later_is_taken_up(
    store: ModelStore, models: CurrentModel, publish: Publish, tmp_path: Path
) -> None:
    publish(store)
    _pin(tmp_path, "2")
    assert _served(models) == 1
    publish(store)
    publish(store)
    assert _served(models) == 2


def test_fault_that_comes_back_is_told_again(
    store: ModelStore,
    models: CurrentModel,
    publish: Publish,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    publish(store)
    for _ in range(2):
        _pin(tmp_path, "9")
        models.refresh()
        store.unpin()
        models.refresh()
    assert len(caplog.records) == 2
