"""Corrections that come in: stored once, quarantined by rules, counted by round."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from feedback.corrections.decisions import decide, withdraw
from feedback.corrections.queries import find, listed, waiting
from feedback.corrections.records import (
    ACCEPTED,
    PENDING,
    QUARANTINED,
    WITHDRAWN,
    Correction,
    Review,
    Submission,
)
from feedback.corrections.rules import MOST_HOURLY
from feedback.corrections.submission import submit
from feedback.database import Database
from feedback.errors import TooManyCorrections
from tests.feedback.samples import NOON, sent, stroke

DAY = timedelta(days=1)


def put(
    database: Database, sent: Submission, trusted: bool = False, days: int = 0
) -> Correction:
    with database.writing() as connection:
        return submit(connection, sent, NOON + days * DAY, trusted)


def state_of(database: Database, number: int) -> str:
    with database.reading() as connection:
        return find(connection, number).state


def test_stored_correction_is_what_was_sent(database: Database) -> None:
    stored = put(database, sent())
    assert stored.pixels == stroke(0)
    assert (stored.state, stored.reason) == (PENDING, None)
    assert (stored.given, stored.label, stored.predicted) == ("1", "1", "7")
    assert stored.created == NOON


def test_repeat_has_the_same_id_and_the_same_state(database: Database) -> None:
    first = put(database, sent())
    assert put(database, sent(panel=0.0), days=3) == first
    assert put(database, sent(client="another")).id != first.id


def marked() -> bytes:
    square = np.frombuffer(stroke(0), np.uint8).reshape(28, 28).copy()
    square[0:3, 0:3] = 255
    return square.tobytes()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pixels": marked()}, "ink outside of 20x20"),
        ({"panel": 0.0009}, "no version thinks it likely"),
    ],
)
@pytest.mark.parametrize("trusted", [False, True])
def test_odd_corrections_are_quarantined(
    database: Database, changes: dict[str, Any], reason: str, trusted: bool
) -> None:
    stored = put(database, sent(**changes), trusted)
    assert (stored.state, stored.reason) == (QUARANTINED, reason)


@pytest.mark.parametrize(("top", "foot"), [(255, 90), (128, 128)])
def test_edge_between_two_pixels_is_no_mark(
    database: Database, top: int, foot: int
) -> None:
    square = np.frombuffer(stroke(0), np.uint8).reshape(28, 28).copy()
    square[4, 13:15], square[24, 13:15] = top, foot
    assert put(database, sent(pixels=square.tobytes())).state == PENDING


@pytest.mark.parametrize(("panel", "state"), [(0.05, ACCEPTED), (0.04, PENDING)])
def test_trust_accepts_what_the_panel_thinks_likely(
    database: Database, panel: float, state: str
) -> None:
    assert put(database, sent(panel=panel), trusted=True).state == state


def test_same_picture_with_two_labels_is_quarantined_twice(database: Database) -> None:
    first, second = put(database, sent()), put(database, sent(label="2", client="b"))
    assert second.state == QUARANTINED
    assert state_of(database, first.id) == QUARANTINED


def test_last_label_of_a_sender_counts(database: Database) -> None:
    first, second = put(database, sent()), put(database, sent(label="2"))
    assert (second.state, second.label) == (PENDING, "2")
    with database.reading() as connection:
        gone = find(connection, first.id)
    assert (gone.state, gone.pixels) == (WITHDRAWN, None)
    assert put(database, sent(), days=1).id == first.id  # and back again
    assert state_of(database, first.id) == PENDING
    assert state_of(database, second.id) == WITHDRAWN


def test_sender_does_not_replace_what_a_person_decided(database: Database) -> None:
    first = put(database, sent())
    with database.writing() as connection:
        decide(connection, first.id, Review(ACCEPTED, "me"), NOON)
    assert put(database, sent(label="2")).state == QUARANTINED
    assert state_of(database, first.id) == ACCEPTED


def test_another_label_does_not_undo_what_a_person_decided(database: Database) -> None:
    first = put(database, sent())
    with database.writing() as connection:
        decide(connection, first.id, Review(ACCEPTED, "me"), NOON)
    assert put(database, sent(label="2", client="b")).state == QUARANTINED
    assert state_of(database, first.id) == ACCEPTED


def test_client_is_quarantined_after_ten_of_a_round(database: Database) -> None:
    states = [
        put(database, sent(k, client="one", label=str(k % 5)), days=k).state
        for k in range(12)
    ]
    assert states == [PENDING] * 10 + [QUARANTINED] * 2


def test_client_is_quarantined_after_thirty_an_hour(database: Database) -> None:
    for k in range(30):
        stored = put(database, sent(k, client="one", label=str(k % 5)))
        with database.writing() as connection:  # so that its round stays empty
            decide(connection, stored.id, Review("rejected", "me"), NOON)
    assert put(database, sent(31, client="one")).state == QUARANTINED
    assert put(database, sent(32, client="one"), days=1).state == PENDING


def test_flood_is_refused(database: Database) -> None:
    with database.writing() as connection:
        for k in range(MOST_HOURLY):
            submit(connection, sent(k, client="one"), NOON, False)
    with pytest.raises(TooManyCorrections):
        put(database, sent(999, client="one"))
    assert put(database, sent(1000)).state  # others are heard


def test_flood_of_one_pair_is_quarantined(database: Database) -> None:
    with database.writing() as connection:
        states = [submit(connection, sent(k), NOON, False).state for k in range(22)]
        assert states == [PENDING] * 20 + [QUARANTINED] * 2
        for k in range(100, 170):
            submit(connection, sent(k, label=str(k % 7 + 3)), NOON, False)
        assert submit(connection, sent(200), NOON, False).state == PENDING


def test_withdrawn_correction_has_no_pixels_and_may_come_again(
    database: Database,
) -> None:
    stored = put(database, sent())
    with database.writing() as connection:
        gone, versions = withdraw(connection, stored.id)
    assert (gone.state, gone.pixels, versions) == (WITHDRAWN, None, [])
    again = put(database, sent(), days=2)
    assert (again.id, again.state, again.pixels) == (stored.id, PENDING, stroke(0))


def test_erased_pixels_are_nowhere_in_the_file(database: Database) -> None:
    stored = put(database, sent(77))
    with database.writing() as connection:
        withdraw(connection, stored.id)
    file = str(database.engine.url.database)
    for name in (file, f"{file}-wal"):
        try:
            with open(name, "rb") as opened:  # noqa: PTH123 (a name, not a path)
                assert stroke(77)[112:150] not in opened.read()
        except FileNotFoundError:
            continue


def test_list_has_the_likeliest_first_and_the_queue_is_known(
    database: Database,
) -> None:
    for k, panel in enumerate((0.1, 0.9, 0.0, 0.5)):
        put(database, sent(k, panel=panel), days=k)
    with database.reading() as connection:
        assert [c.panel for c in listed(connection, [PENDING])] == [0.9, 0.5, 0.1]
        assert len(listed(connection, [PENDING, QUARANTINED], most=2)) == 2
        queue = waiting(connection)
    assert (queue.count, queue.oldest) == (3, NOON)
