"""ModelStore: numbered immutable files, the newest valid one served unless pinned."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from model_store import (
    BrokenPin,
    Card,
    CorruptModel,
    ModelNotFound,
    ModelStore,
    Network,
    NewerVersion,
)
from model_store.prune import prune
from tests.support.stores import decided_in, files_in, move, write

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def break_version(store: ModelStore, version: int) -> None:
    store.path(version).write_bytes(b"broken")


def test_store_that_does_not_exist_is_empty(store: ModelStore) -> None:
    assert store.versions() == []
    assert store.pinned() is None
    for get in (store.latest, store.served):
        with pytest.raises(ModelNotFound, match="holds no valid version"):
            get()
    assert not store.root.is_dir()


def test_versions_are_numbered_from_one(full: ModelStore) -> None:
    assert full.versions() == [1, 2, 3]
    assert files_in(full.root / "versions") == [f"00000{n}.npz" for n in (1, 2, 3)]


def test_published_version_is_loaded_as_it_was(
    store: ModelStore, network: Network, card: Card
) -> None:
    model = store.load(store.publish(network, card))
    assert (model.version, model.card) == (1, card)
    np.testing.assert_array_equal(model.network.weights[0], network.weights[0])


def test_loaded_network_cannot_be_changed(full: ModelStore) -> None:
    loaded = full.load(1).network
    for parameter in (*loaded.weights, *loaded.biases):
        with pytest.raises(ValueError, match="read-only"):
            parameter[0] = 0


def test_number_follows_the_highest_even_if_that_is_broken(
    full: ModelStore, network: Network, card: Card
) -> None:
    break_version(full, 3)
    full.path(2).unlink()
    assert full.publish(network, card) == 4
    assert full.path(3).read_bytes() == b"broken"


def test_publisher_that_lost_a_race_takes_the_next_number(
    full: ModelStore, network: Network, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process published 3 since this one looked."""
    looks = iter([[1, 2], [1, 2, 3]])
    monkeypatch.setattr(ModelStore, "versions", lambda _: next(looks))
    before = full.path(3).stat()
    assert full.publish(network, card) == 4
    assert full.path(3).stat() == before


@pytest.mark.parametrize("after", [0, 2])
def test_publisher_is_told_of_a_version_that_it_has_not_seen(
    full: ModelStore, network: Network, card: Card, after: int
) -> None:
    before = files_in(full.root)
    with pytest.raises(NewerVersion, match="version 3") as refusal:
        full.publish(network, card, after)
    assert refusal.value.version == 3
    assert files_in(full.root) == before
    assert full.publish(network, card, after=3) == 4


def test_versions_beyond_six_digits_sort_by_number(
    full: ModelStore, network: Network, card: Card
) -> None:
    move(full.path(3), full.path(999_999))
    assert full.publish(network, card) == 1_000_000
    assert full.versions() == [1, 2, 999_999, 1_000_000]
    assert full.latest().version == 1_000_000


@pytest.mark.parametrize(
    "name",
    [
        "000000.npz", "1.npz", "00001.npz", "0000001.npz", "000001.npz.tmp",
        "-00001.npz", ".unfinished-x1y2z3", "000004.NPZ", "000004.npz~", "٠٠٠٠٠٤.npz",
        "notes.txt",
    ],
)  # fmt: skip
def test_other_files_are_no_versions(full: ModelStore, name: str) -> None:
    write(full.root / "versions" / name, full.path(1).read_bytes())
    assert full.versions() == [1, 2, 3]


def test_newest_valid_version_is_served(full: ModelStore) -> None:
    assert full.served().version == 3
    break_version(full, 3)
    assert full.served().version == full.latest().version == 2


def test_store_in_which_all_is_broken_serves_nothing(full: ModelStore) -> None:
    for version in full.versions():
        break_version(full, version)
    with pytest.raises(ModelNotFound, match="holds no valid version"):
        full.served()
    assert full.versions() == [1, 2, 3]


def test_broken_version_is_named(full: ModelStore) -> None:
    break_version(full, 2)
    with pytest.raises(CorruptModel, match=r"000002\.npz is not a model") as refusal:
        full.load(2)
    assert refusal.value.path == full.path(2)
    assert str(full.verify(2)) == str(refusal.value)
    assert full.verify(1) is None


def test_version_that_is_not_there_is_named(full: ModelStore) -> None:
    with pytest.raises(ModelNotFound, match="no version 4") as refusal:
        full.load(4)
    assert (refusal.value.version, refusal.value.store) == (4, full.root)


def test_fingerprint_changes_with_the_file(full: ModelStore) -> None:
    before = full.fingerprint(1)
    assert before == full.fingerprint(1)
    full.path(1).write_bytes(b"another")
    assert full.fingerprint(1) != before
    assert full.fingerprint(2) != full.fingerprint(3)
    assert full.fingerprint(4) is None


def test_pinned_version_is_served_until_unpinned(
    full: ModelStore, network: Network, card: Card
) -> None:
    full.pin(1)
    full.publish(network, card)
    assert (full.pinned(), full.served().version) == (1, 1)
    assert full.latest().version == 4
    full.unpin()
    assert (full.pinned(), full.served().version) == (None, 4)
    full.unpin()


def test_file_pinned_of_an_earlier_release_is_followed_until_the_next_decision(
    full: ModelStore,
) -> None:
    pinned = decided_in(full) / "PINNED"
    write(pinned, "2\n")
    assert (full.pinned(), full.served().version) == (2, 2)
    full.unpin()
    assert (full.pinned(), full.served().version) == (None, 3)
    assert not pinned.is_file()


@pytest.mark.parametrize("broken", [False, True])
def test_pinned_version_that_is_lost_leaves_the_newest_valid_one(
    full: ModelStore, broken: bool
) -> None:
    full.pin(1)
    full.path(1).unlink()
    if broken:
        break_version(full, 1)
    assert (full.pinned(), full.served().version) == (1, 3)


def test_version_that_cannot_be_served_is_not_pinned(full: ModelStore) -> None:
    full.pin(1)
    break_version(full, 2)
    with pytest.raises(CorruptModel):
        full.pin(2)
    with pytest.raises(ModelNotFound):
        full.pin(9)
    assert full.pinned() == 1


@pytest.mark.parametrize("text", ["", "two", "-1", "1.0", "1 2", "9" * 5000, "٢", "\0"])
def test_pin_that_is_no_number_is_told_and_the_newest_served(
    full: ModelStore, text: str
) -> None:
    full.pin(1)
    pin = decided_in(full) / "PINNED"
    write(pin, text)
    with pytest.raises(BrokenPin) as refusal:
        full.pinned()
    assert refusal.value.path == pin
    assert len(str(refusal.value)) < 200 + len(str(pin))
    assert full.served().version == 3


def test_pin_of_random_bytes_is_told(full: ModelStore) -> None:
    full.pin(1)
    write(decided_in(full) / "PINNED", b"\xff\xfe1")
    with pytest.raises(BrokenPin):
        full.pinned()


def test_prune_keeps_the_newest(full: ModelStore) -> None:
    assert prune(full, 2).versions == [1]
    assert prune(full, 2).versions == []
    assert full.versions() == [2, 3]


def test_prune_never_removes_the_served_version(full: ModelStore) -> None:
    full.pin(1)
    assert prune(full, 1).versions == [2]
    assert full.versions() == [1, 3]
    assert full.served().version == 1


def test_prune_keeps_the_only_valid_version(full: ModelStore) -> None:
    break_version(full, 2)
    break_version(full, 3)
    assert prune(full, 1).versions == []
    assert full.served().version == 1


def test_prune_keeps_a_pinned_version_that_is_not_valid(full: ModelStore) -> None:
    full.pin(1)
    break_version(full, 1)
    assert prune(full, 1).versions == [2]
    assert full.versions() == [1, 3]


def test_prune_removes_the_reports_of_versions_that_are_gone(full: ModelStore) -> None:
    reports = full.root / "reports"
    for name in ("000001", "000002", "000003", "000009", "notes", ".unfinished-000004"):
        write(reports / name / "cost.png", b"")
    prune(full, 2)
    assert sorted(path.name for path in reports.iterdir()) == [
        ".unfinished-000004", "000002", "000003", "notes",
    ]  # fmt: skip


def test_prune_keeps_the_newest_refused_models(
    full: ModelStore, network: Network, card: Card
) -> None:
    paths = [full.reject(network, card, NOON + timedelta(days=n)) for n in range(3)]
    reports = [full.root / "reports" / path.stem for path in paths]
    for report in reports:
        write(report / "index.html", b"")
    assert prune(full, 2).rejected == [paths[0].name]
    assert [report.is_dir() for report in reports] == [False, True, True]
    assert [path.is_file() for path in paths] == [False, True, True]
    assert prune(full, 2).rejected == []


def test_pruned_numbers_are_not_given_again(
    full: ModelStore, network: Network, card: Card
) -> None:
    prune(full, 1)
    assert full.publish(network, card) == 4


def test_refused_model_is_kept_but_is_no_version(
    full: ModelStore, network: Network, card: Card
) -> None:
    path = full.reject(network, replace(card, loss="tse"), NOON)
    assert path.parent == full.root / "rejected"
    assert re.fullmatch(r"20260102T120000.*Z\.npz", path.name)
    assert full.versions() == [1, 2, 3]
    assert full.publish(network, card) == 4


def test_refused_model_is_named_by_the_time_in_utc(
    full: ModelStore, network: Network, card: Card
) -> None:
    berlin = NOON.astimezone(timezone(timedelta(hours=1)))
    assert full.reject(network, card, berlin).name.startswith("20260102T120000")


def test_refused_model_can_be_read_again(
    full: ModelStore, network: Network, card: Card
) -> None:
    path = full.reject(network, card, NOON)
    move(path, full.path(4))
    assert full.load(4).card == card
