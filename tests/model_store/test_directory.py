"""What holds for a store in a directory: hard links, modes, odd files, a full disk."""

import errno
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model_store import Card, ModelStore, Network, StoreUnavailable
from tests.support.commands import Place
from tests.support.stores import file_of, files_in, root_of

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty store, which is a directory."""
    return Place(tmp_path)


def test_published_file_is_readable_by_other_users(full: ModelStore) -> None:
    assert stat.S_IMODE(file_of(full, 1).stat().st_mode) == 0o644


def refuse_links(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refused(*_paths: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refused)


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_store_without_hard_links_is_published_to(
    full: ModelStore,
    network: Network,
    card: Card,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    refuse_links(monkeypatch, number)
    looks = iter([3, 3, 4])
    monkeypatch.setattr(ModelStore, "newest", lambda _: next(looks))
    assert full.publish(network, card) == 4
    before = file_of(full, 4).stat()
    assert full.publish(network, card) == 5  # it looked before 4 was there
    assert file_of(full, 4).stat() == before
    assert full.verify(4) is full.verify(5) is None
    assert stat.S_IMODE(before.st_mode) == 0o644
    assert not list(root_of(full).rglob(".unfinished-*"))


def test_store_that_may_not_be_linked_in_is_told(
    full: ModelStore, network: Network, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_links(monkeypatch, errno.EACCES)
    with pytest.raises(StoreUnavailable, match="Permission denied"):
        full.publish(network, card)
    assert full.versions() == [1, 2, 3]


def test_version_that_is_a_directory_is_broken(full: ModelStore) -> None:
    file_of(full, 4).mkdir()
    assert full.verify(4) is not None
    assert full.served().version == 3


def test_version_that_points_nowhere_is_broken(full: ModelStore) -> None:
    file_of(full, 4).symlink_to(root_of(full) / "gone.npz")
    assert full.verify(4) is not None
    assert full.served().version == 3


Use = Callable[[ModelStore, Network, Card], object]
USES: dict[str, Use] = {
    "publish": lambda store, network, card: store.publish(network, card),
    "reject": lambda store, network, card: store.reject(network, card, NOON),
    "versions": lambda store, _network, _card: store.versions(),
    "latest": lambda store, _network, _card: store.latest(),
    "served": lambda store, _network, _card: store.served(),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_store_that_cannot_be_used_is_told_in_one_line(
    tmp_path: Path, network: Network, card: Card, use: Use
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable) as refusal:
        use(ModelStore(tmp_path / "file", tmp_path / "state"), network, card)
    assert str(tmp_path / "file") in str(refusal.value)
    assert str(refusal.value).endswith("Not a directory")


def test_state_that_cannot_be_written_is_told(full: ModelStore, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = ModelStore(root_of(full), tmp_path / "file")
    with pytest.raises(StoreUnavailable, match="file"):
        store.pin(1)
    with pytest.raises(StoreUnavailable, match="file"):
        store.pinned()
    with pytest.raises(StoreUnavailable, match="file"):
        store.unpin()
    assert store.served().version == 3


def test_failed_publication_leaves_nothing_behind(
    full: ModelStore, network: Network, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = files_in(full.root)
    monkeypatch.setattr(os, "fsync", full_disk)
    for publish in (USES["publish"], USES["reject"]):
        with pytest.raises(StoreUnavailable, match="No space left on device"):
            publish(full, network, card)
    assert files_in(full.root) == before


def test_file_of_a_killed_writer_is_swept_when_it_is_old(
    full: ModelStore, network: Network, card: Card
) -> None:
    old, fresh = (
        root_of(full) / "versions" / f".unfinished-{n}" for n in ("old", "new")
    )
    old.touch()
    fresh.touch()
    os.utime(old, (1, 1))
    full.publish(network, card)
    assert not old.exists()
    assert fresh.exists()


def test_command_on_a_store_that_cannot_be_read_says_so_in_one_line(
    place: Place,
) -> None:
    (place.root / "models").touch()
    line = place.run("model_store", "list").error_line()
    assert "Not a directory" in line
