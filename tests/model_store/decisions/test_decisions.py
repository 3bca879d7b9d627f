"""Pins, canaries and withdrawals: who decided what, and what is served from then on."""

import json
import threading

import pytest

from model_store import (
    Author,
    BrokenPin,
    Canary,
    Card,
    ModelNotFound,
    ModelStore,
    ModelWithdrawn,
    Network,
)
from model_store.history import history
from model_store.place import StorePath
from model_store.prune import prune
from tests.support.commands import Place
from tests.support.stores import decided_in, write

ANNA = Author("anna@desk", "it reads sevens as ones")


def records(store: ModelStore) -> list[StorePath]:
    found = (decided_in(store) / "decisions").iterdir()
    return sorted(found, key=lambda path: path.name)


def test_each_decision_is_a_record_that_later_ones_leave_as_it_is(
    full: ModelStore,
) -> None:
    full.pin(1, ANNA)
    first = records(full)[0].read_bytes()
    full.pin(2, ANNA)
    full.unpin(ANNA)
    assert [path.name for path in records(full)] == [
        "000001.json", "000002.json", "000003.json",
    ]  # fmt: skip
    assert records(full)[0].read_bytes() == first
    written = json.loads(first)
    assert written.pop("at").endswith("+00:00")
    assert written == {
        "action": "pin", "version": 1, "percent": None,
        "by": "anna@desk", "why": "it reads sevens as ones",
    }  # fmt: skip


def test_all_who_decide_at_the_same_moment_leave_a_record(
    full: ModelStore, place: Place
) -> None:
    stores = [place.store for _ in range(8)]
    pins = [threading.Thread(target=store.pin, args=(1,)) for store in stores]
    for pin in pins:
        pin.start()
    for pin in pins:
        pin.join()
    assert len(full.choice.decisions.all()) == 8


def test_unpin_without_a_pin_is_no_decision(full: ModelStore) -> None:
    full.unpin(ANNA)
    assert full.choice.decisions.all() == []


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "null", "pinned", '{"action": "pin"}', "[" * 100_000,
        '{"at": "noon", "action": "pin", "version": 1, "percent": null, "by": "",'
        ' "why": ""}',
        '{"at": "2026-01-02T03:04:05+00:00", "action": "jump", "version": 1,'
        ' "percent": null, "by": "", "why": ""}',
        '{"at": "2026-01-02T03:04:05+00:00", "action": "pin", "version": "1",'
        ' "percent": null, "by": "", "why": ""}',
    ],
)  # fmt: skip
def test_record_that_decides_nothing_is_told_and_the_next_one_counts(
    full: ModelStore, text: str
) -> None:
    full.pin(1, ANNA)
    write(decided_in(full) / "decisions" / "000002.json", text)
    with pytest.raises(BrokenPin, match="000002"):
        full.pinned()
    assert full.served().version == 3
    full.pin(2, ANNA)
    assert (full.pinned(), full.served().version) == (2, 2)
    assert len(full.choice.decisions.all()) == 2


def test_withdrawn_version_is_never_served_and_stays_readable(
    full: ModelStore,
) -> None:
    full.withdrawals.add(3, ANNA)
    assert full.served().version == full.latest().version == 2
    assert [model.version for model in full.valid()] == [2, 1]
    with pytest.raises(ModelWithdrawn, match="version 3 is withdrawn"):
        full.load(3)
    with pytest.raises(ModelWithdrawn):
        full.pin(3)
    assert full.read(3).version == 3
    assert full.verify(3) is None


def test_number_of_a_withdrawn_version_is_not_given_again(
    full: ModelStore, network: Network, card: Card
) -> None:
    full.withdrawals.add(3, ANNA)
    assert full.publish(network, card) == 4


def test_pinned_version_that_is_withdrawn_is_not_served(full: ModelStore) -> None:
    full.pin(1)
    full.withdrawals.add(1, ANNA)
    assert (full.pinned(), full.served().version) == (1, 3)


def test_withdrawal_ends_with_its_marker_whatever_is_in_it(full: ModelStore) -> None:
    marker = full.withdrawals.marker(3)
    before = full.fingerprint(3)
    marker.write_bytes(b"\xff")
    assert full.served().version == 2
    assert full.withdrawals.all() == {3: None}
    assert full.fingerprint(3) != before
    marker.unlink()
    assert full.served().version == 3


def test_store_whose_versions_are_all_withdrawn_serves_nothing(
    full: ModelStore,
) -> None:
    for version in full.versions():
        full.withdrawals.add(version, ANNA)
    with pytest.raises(ModelNotFound):
        full.served()


def test_prune_counts_no_withdrawn_version(full: ModelStore) -> None:
    full.withdrawals.add(3, ANNA)
    assert prune(full, 2).versions == []
    full.withdrawals.add(1, ANNA)
    assert prune(full, 1).versions == [1]
    assert not full.withdrawals.marker(1).is_file()
    assert full.versions() == [2, 3]


def test_prune_keeps_the_canary(full: ModelStore) -> None:
    full.choice.start_canary(Canary(1, 5), ANNA)
    assert prune(full, 1).versions == [2]


def test_history_tells_what_was_served_after_each_event(
    full: ModelStore, network: Network, card: Card, place: Place
) -> None:
    if place.bucket:
        pytest.skip("a bucket tells whole seconds, and all of this happens in one")
    full.pin(1, ANNA)
    full.choice.start_canary(Canary(2, 5), ANNA)
    full.publish(network, card)
    full.withdrawals.add(4, ANNA)
    full.unpin(ANNA)
    told = [event.to_dict() for event in history(full, full.versions())]
    assert [(e["action"], e["version"], e["served"]) for e in told] == [
        ("publish", 1, 1),
        ("publish", 2, 2),
        ("publish", 3, 3),
        ("pin", 1, 1),
        ("canary", 2, 1),
        ("publish", 4, 1),
        ("withdraw", 4, 1),
        ("unpin", None, 3),
    ]
    assert (told[3]["by"], told[3]["why"]) == ("anna@desk", "it reads sevens as ones")
    assert (told[0]["by"], told[4]["percent"]) == ("trainer", 5)


@pytest.fixture
def two(place: Place, network: Network, card: Card) -> Place:
    for _ in range(2):
        place.store.publish(network, card)
    return place


def test_withdraw_command_says_what_is_served_instead(two: Place) -> None:
    assert two.json("model_store", "withdraw", 2, "--why", "blind to sevens") == {
        "withdrawn": 2, "served": 1,
    }  # fmt: skip
    row = two.json("model_store", "list")["versions"][1]
    assert (row["valid"], row["withdrawn"], row["served"]) == (True, True, False)
    text = two.run("model_store", "withdraw", 1).stdout
    assert text == "withdrawn 1; no version is left to serve\n"
    assert "no version 9" in two.run("model_store", "withdraw", 9).error_line()


def test_canary_command_starts_shows_and_ends_it(two: Place) -> None:
    assert two.json("model_store", "canary") == {"canary": None}
    chosen = {"canary": {"version": 1, "percent": 2.5}}
    assert two.json("model_store", "canary", "1:2.5") == chosen
    assert two.json("model_store", "canary") == chosen
    assert two.run("model_store", "canary").stdout == "version 1 answers 2.5 %\n"
    assert two.json("model_store", "canary", "end") == {"canary": None}


@pytest.mark.parametrize("share", ["1", "1:0", "1:101", "0:5", "x:5", "1:5:5", "stop"])
def test_bad_canary_is_refused(two: Place, share: str) -> None:
    assert repr(share) in two.run("model_store", "canary", share).error_line()


def test_canary_that_is_not_there_is_refused(two: Place) -> None:
    assert "no version 7" in two.run("model_store", "canary", "7:5").error_line()
    assert two.json("model_store", "canary") == {"canary": None}


def test_history_command_tells_who_and_why(two: Place) -> None:
    two.run("model_store", "pin", 1, "--why", "version 2 is slow")
    *_, last = two.run("model_store", "history").stdout.splitlines()
    assert "pin 1" in last
    assert "serves 1" in last
    assert "@" in last
    assert last.endswith(": version 2 is slow")
    assert len(two.json("model_store", "history")["events"]) == 3


def test_history_of_an_empty_store_is_empty(place: Place) -> None:
    assert place.json("model_store", "history") == {"events": []}
    assert "nothing has happened" in place.run("model_store", "history").stdout
