"""A running service takes up new versions, never a broken one, and fails no request."""

import io
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.load import SteadyLoad
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until

SECOND_TRAINING = (
    *("trainer", "train", "--data", "embedded", "--no-gate"),
    *("--hidden", "30", "--epochs", "1", "--json"),
)


def test_second_training_is_served_without_a_failed_request(
    trained: Installation,
) -> None:
    with trained.serving() as service, _load(service) as load:
        training = trained.run(*SECOND_TRAINING)
        assert training.returncode == 0, training.stderr
        load.wait_for_version(2)
    assert load.failures == []
    assert set(load.versions) == {1, 2}


def test_store_full_of_broken_files_fails_no_request(trained: Installation) -> None:
    with trained.serving() as service, _load(service) as load:
        good = (trained.versions / "000001.npz").read_bytes()
        for version, spoil in enumerate(SPOILERS.values(), start=2):
            spoil(trained.versions / f"{version:06d}.npz", good)
        broken = [f"version {version} " for version in range(2, len(SPOILERS) + 2)]
        wait_until(
            "the log names each", lambda: all(name in trained.log() for name in broken)
        )
        assert service.get("/readyz").ok
    assert load.failures == []
    assert set(load.versions) == {1}


def test_good_version_above_broken_ones_is_taken_up(trained: Installation) -> None:
    good = (trained.versions / "000001.npz").read_bytes()
    for version, spoil in enumerate(SPOILERS.values(), start=2):
        spoil(trained.versions / f"{version:06d}.npz", good)
    with trained.serving() as service, _load(service) as load:
        load.wait_for_version(1)
        published = trained.run("tests.e2e.publisher", 1)
        load.wait_for_version(int(published.stdout))
    assert load.failures == []


def _cut(path: Path, good: bytes) -> None:
    path.write_bytes(good[: len(good) // 2])


def _flip(path: Path, good: bytes) -> None:
    middle = len(good) // 2
    path.write_bytes(good[:middle] + bytes([good[middle] ^ 255]) + good[middle + 1 :])


def _text(path: Path, _good: bytes) -> None:
    path.write_text("not a zip file")


def _nothing(path: Path, _good: bytes) -> None:
    path.write_bytes(b"")


def _pickled(path: Path, _good: bytes) -> None:
    path.write_bytes(pickle.dumps({"W1": [1.0]}))


def _directory(path: Path, _good: bytes) -> None:
    path.mkdir()


def _not_a_number(path: Path, good: bytes) -> None:
    _changed(path, good, lambda weights: np.full_like(weights, np.nan))


def _wrong_shape(path: Path, good: bytes) -> None:
    _changed(path, good, lambda weights: weights[:-1])


def _objects(path: Path, good: bytes) -> None:
    _changed(path, good, lambda weights: weights.astype(object))


def _changed(
    path: Path, good: bytes, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    with np.load(io.BytesIO(good)) as file:  # never a good file at the path
        arrays = dict(file)
    arrays["W1"] = change(arrays["W1"])
    np.savez(path, allow_pickle=True, **arrays)


SPOILERS: dict[str, Callable[[Path, bytes], None]] = {
    "truncated": _cut,
    "bit flipped": _flip,
    "text": _text,
    "empty": _nothing,
    "pickled": _pickled,
    "directory": _directory,
    "NaN": _not_a_number,
    "wrong shape": _wrong_shape,
    "pickled objects": _objects,
}


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_store_with_only_a_broken_version_is_not_ready_until_a_good_one_comes(
    trained: Installation, spoiler: str
) -> None:
    path = trained.versions / "000001.npz"
    good = path.read_bytes()
    path.unlink()
    SPOILERS[spoiler](path, good)
    with trained.serving() as service:
        refusal = service.get("/readyz")
        assert refusal.status_code == 503
        assert "model" in refusal.json()["detail"]
        whole = trained.root / "whole.npz"
        whole.write_bytes(good)
        whole.rename(trained.versions / "000002.npz")
        wait_until("the service is ready", service.is_ready)
        assert service.predict(digits.picture(7)).json()["model"] == {"version": 2}


def _load(service: Service) -> SteadyLoad:
    picture = digits.picture(7)
    return SteadyLoad(lambda: service.predict(picture))
