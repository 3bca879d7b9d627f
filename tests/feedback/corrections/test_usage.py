"""How much each version was used, by several services and over their restarts."""

from feedback.corrections.decisions import decide
from feedback.corrections.records import ACCEPTED, REJECTED, Review, Usage
from feedback.corrections.submission import submit
from feedback.corrections.usage import note_predictions, usage
from feedback.database import Database
from tests.feedback.samples import NOON, sent


def test_predictions_of_all_starts_add_up(database: Database) -> None:
    with database.writing() as connection:
        note_predictions(connection, "a 1", {3: 10})
        note_predictions(connection, "a 1", {3: 15, 4: 1})  # in place of the 10
        note_predictions(connection, "a 2", {3: 5})
        note_predictions(connection, "b 1", {4: 2**40})
        assert usage(connection, 9) == {3: Usage(20), 4: Usage(2**40 + 1)}


def test_only_accepted_corrections_count(database: Database) -> None:
    with database.writing() as connection:
        for number, decision in enumerate([ACCEPTED, ACCEPTED, REJECTED, None]):
            stored = submit(connection, sent(number), NOON, False)
            if decision:
                decide(connection, stored.id, Review(decision, "me"), NOON)
        note_predictions(connection, "a", {3: 100})
        assert usage(connection, 9) == {3: Usage(100, 2)}


def test_the_newest_versions_are_told(database: Database) -> None:
    with database.writing() as connection:
        note_predictions(connection, "a", dict.fromkeys(range(1, 30), 1))
        assert sorted(usage(connection, 3)) == [27, 28, 29]
