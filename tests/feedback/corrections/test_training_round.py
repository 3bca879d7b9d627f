"""What a training takes of the corrections: caps, the newest, a fifth held out."""

from sqlalchemy import select

from feedback.corrections.decisions import decide, withdraw
from feedback.corrections.records import ACCEPTED, REJECTED, Review
from feedback.corrections.submission import submit
from feedback.corrections.training_round import (
    TrainingRound,
    is_held_out,
    next_round,
    note_training,
)
from feedback.database import Database
from feedback.tables import training_rows
from tests.feedback.samples import NOON, sent

ROWS = 60_000


def accept(database: Database, *numbers: int, **changes: object) -> None:
    """Corrections that a person has accepted; each is of a client of its own."""
    with database.writing() as connection:
        for number in numbers:
            stored = submit(connection, sent(number, **changes), NOON, False)
            decide(connection, stored.id, Review(ACCEPTED, "me"), NOON)


def taken(database: Database, rows: int = ROWS) -> TrainingRound:
    with database.reading() as connection:
        return next_round(connection, rows)


def test_nothing_is_learnt_that_nobody_has_accepted(database: Database) -> None:
    with database.writing() as connection:
        submit(connection, sent(0), NOON, False)
        refused = submit(connection, sent(1), NOON, False)
        decide(connection, refused.id, Review(REJECTED, "me"), NOON)
        gone = submit(connection, sent(2), NOON, False)
        decide(connection, gone.id, Review(ACCEPTED, "me"), NOON)
        withdraw(connection, gone.id)
        none = submit(connection, sent(3, label="none"), NOON, False)
        decide(connection, none.id, Review(ACCEPTED, "me"), NOON)
    assert taken(database) == TrainingRound()


def test_a_fifth_is_held_out_for_ever(database: Database) -> None:
    accept(database, *range(100))
    first = taken(database)
    assert len(first.learnt) + len(first.held_out) == 100
    assert 10 <= len(first.held_out) <= 32
    assert all(map(is_held_out, first.held_out))
    with database.writing() as connection:
        note_training(connection, 1, first)
    accept(database, *range(100, 110))
    second = {c.digest for c in taken(database).learnt}
    assert not second & {c.digest for c in first.held_out}


def test_client_adds_ten_a_round_and_keeps_what_was_learnt(database: Database) -> None:
    accept(database, *range(25), client="one")
    for version, total in ((1, 10), (2, 20), (3, 25), (4, 25)):
        found = taken(database)
        assert len(found.learnt) + len(found.held_out) == total
        with database.writing() as connection:
            note_training(connection, version, found)


def test_newest_are_taken_up_to_a_hundredth_of_the_rows(database: Database) -> None:
    accept(database, *range(40))
    found = taken(database, 1000)
    assert len(found.learnt) == 10
    newest = [c.id for c in taken(database).learnt]
    assert [c.id for c in found.learnt] == newest[:10]
    assert newest == sorted(newest, reverse=True)


def test_same_picture_of_two_clients_counts_once(database: Database) -> None:
    accept(database, 1, client="one")
    accept(database, 1, client="two")
    found = taken(database)
    assert len(found.learnt) + len(found.held_out) == 1


def test_label_of_the_reviewer_is_learnt(database: Database) -> None:
    with database.writing() as connection:
        stored = submit(connection, sent(0), NOON, False)
        decide(connection, stored.id, Review(ACCEPTED, "me", "4"), NOON)
    found = taken(database)
    assert [c.label for c in (*found.learnt, *found.held_out)] == ["4"]


def test_digest_changes_with_what_is_learnt_and_with_nothing_else(
    database: Database,
) -> None:
    accept(database, *range(5))
    before = taken(database).digest
    assert taken(database).digest == before != TrainingRound().digest
    accept(database, 5)
    assert taken(database).digest != before


def test_what_a_version_learnt_is_kept(database: Database) -> None:
    accept(database, *range(30))
    found = taken(database)
    with database.writing() as connection:
        note_training(connection, 7, found)
        query = select(training_rows.c.correction, training_rows.c.weight)
        weights = {row.correction: row.weight for row in connection.execute(query)}
        _, versions = withdraw(connection, found.learnt[0].id)
    assert weights == {c.id: 1.0 for c in found.learnt} | {
        c.id: 0.0 for c in found.held_out
    }
    assert versions == [7]
