"""The digits to train on and to test with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer.data.choice import DataChoice
from trainer.data.corrected import Corrected
from trainer.data.dataset import Dataset, check_labels, with_fifth
from trainer.data.embedded import is_embedded, read_embedded
from trainer.data.mnist_csv import read_csv

Say = Callable[[str], None]


@dataclass(frozen=True)
class Digits:
    """Training and test rows, whether they are the embedded set's, and corrections."""

    train: Dataset
    test: Dataset
    embedded: bool
    corrected: Corrected = field(default_factory=Corrected)

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it, before any hold-out."""
        return {
            "source": "embedded" if self.embedded else "mnist",
            "train": {
                **self.train.to_dict(),
                "missing_labels": self.train.missing_labels,
            },
            "test": self.test.to_dict(),
            "corrections": self.corrected.to_dict(),
        }


def load(choice: DataChoice, say: Say) -> Digits:
    """Read the chosen digits; `say` is told of anything a user should know.

    Raises BadData, TooFewRows.
    """
    train, test = choice.files(say)
    rows, fifth, embedded = _training_rows(train, test, choice.limit, say)
    return Digits(rows, read_csv(test, say=say) if test else fifth, embedded)


def load_training(choice: DataChoice, say: Say) -> tuple[Dataset, bool]:
    """The training rows alone, and whether they are embedded: opens no test file.

    Raises BadData, TooFewRows, OneDigit.
    """
    rows, _, embedded = _training_rows(*choice.files(say), choice.limit, say)
    check_labels(rows, say)
    return rows, embedded


def _training_rows(
    train: Path | None, test: Path | None, limit: int | None, say: Say
) -> tuple[Dataset, Dataset, bool]:
    """The rows, the fifth held out of them (none, with a test file), if embedded."""
    rows = read_csv(train, limit if test else None, say) if train else read_embedded()
    rows, fifth = (rows, rows.rows(slice(0))) if test else with_fifth(rows)
    rows = rows.rows(slice(limit))
    return rows, fifth, not train or is_embedded(rows)
