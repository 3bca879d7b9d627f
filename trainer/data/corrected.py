"""Corrections: those that join the training rows, and those only measured with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from feedback.corrections.records import Correction
from feedback.corrections.training_round import TrainingRound, next_round, note_training
from feedback.database import Database
from feedback.errors import SchemaBehind
from trainer.data.dataset import Dataset

_FILE: Final = "corrections"


@dataclass(frozen=True)
class Corrected:
    """A round of corrections as rows of digits."""

    round: TrainingRound = field(default_factory=TrainingRound)

    @property
    def learnt(self) -> Dataset:
        """The rows to learn from."""
        return self._rows(self.round.learnt)

    @property
    def held_out(self) -> Dataset:
        """The rows that no training ever learns."""
        return self._rows(self.round.held_out)

    def __len__(self) -> int:
        return len(self.round.learnt) + len(self.round.held_out)

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it."""
        return {
            "rows": len(self.round.learnt),
            "held_out": len(self.round.held_out),
            "digest": self.round.digest,
        }

    def _rows(self, corrections: Sequence[Correction]) -> Dataset:
        pixels = b"".join(correction.pixels or b"" for correction in corrections)
        labels = [int(correction.label) for correction in corrections]
        return Dataset(
            np.frombuffer(pixels, np.uint8).reshape(-1, 784),
            np.array(labels, np.uint8),
            _FILE,
            self.round.digest,
        )


@dataclass(frozen=True)
class CorrectionSource:
    """Where a training finds corrections; raises FeedbackError.

    Attributes: url, of the database; None: the file in the state directory.
    """

    url: str | None
    state: Path

    def database(self) -> Database:
        """Opened, but not connected to."""
        return Database.at(self.url, self.state)

    def read(self, rows: int) -> Corrected:
        """The corrections for a training on that many rows; none, if there is no file.

        Tables of an earlier release are brought up to date first.
        """
        database = self.database()
        if database.is_missing:
            return Corrected()
        try:
            return self._read(database, rows)
        except SchemaBehind:
            database.migrate()
            return self._read(database, rows)
        finally:
            database.close()

    def note(self, version: int, corrected: Corrected) -> None:
        """Keep which corrections a version learnt from."""
        if not len(corrected):
            return
        database = self.database()
        with database.writing() as connection:
            note_training(connection, version, corrected.round)
        database.close()

    def _read(self, database: Database, rows: int) -> Corrected:
        with database.reading() as connection:
            return Corrected(next_round(connection, rows))
