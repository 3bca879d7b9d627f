"""The corrections as service and command line use them: a transaction a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedback.corrections.decisions import decide, withdraw
from feedback.corrections.queries import find, listed, waiting
from feedback.corrections.records import Correction, Review, Submission, Waiting
from feedback.corrections.submission import submit
from feedback.corrections.usage import note_predictions
from feedback.database import Database


@dataclass(frozen=True)
class CorrectionStore:
    """Each method is a transaction; all raise DatabaseAway and SchemaBehind."""

    database: Database

    @classmethod
    def at(cls, url: str | None, state: Path) -> "CorrectionStore":
        """In the database of that address, else in the state directory.

        Raises BadDatabase.
        """
        return cls(Database.at(url, state))

    def note_predictions(self, instance: str, made: Mapping[int, int]) -> None:
        """Keep how many predictions a service has made with each version."""
        with self.database.writing() as connection:
            note_predictions(connection, instance, made)

    def submit(self, sent: Submission, now: datetime, is_trusted: bool) -> Correction:
        """Store a correction, once. Raises TooManyCorrections."""
        with self.database.writing() as connection:
            return submit(connection, sent, now, is_trusted)

    def decide(self, number: int, review: Review, now: datetime) -> Correction:
        """Note a review. Raises UnknownCorrection, WithdrawnCorrection."""
        with self.database.writing() as connection:
            return decide(connection, number, review, now)

    def withdraw(self, number: int) -> tuple[Correction, list[int]]:
        """Erase a correction's pixels; returns the versions that learnt from it, too.

        Raises UnknownCorrection.
        """
        with self.database.writing() as connection:
            return withdraw(connection, number)

    def find(self, number: int) -> Correction:
        """One by its id. Raises UnknownCorrection."""
        with self.database.reading() as connection:
            return find(connection, number)

    def listed(
        self, states: Sequence[str], most: int | None = None
    ) -> list[Correction]:
        """Those of these states, what the panel thinks likeliest first."""
        with self.database.reading() as connection:
            return listed(connection, states, most)

    def waiting(self) -> Waiting:
        """What stands in the queue of reviews."""
        with self.database.reading() as connection:
            return waiting(connection)
