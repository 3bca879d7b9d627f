"""Which digits to train on and to test with, from what the command line says."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.data.dataset import Dataset, with_fifth
from trainer.data.embedded import is_embedded, read_embedded
from trainer.errors import BadData, FetchFailed, TooFewRows
from trainer.data.download import fetch
from trainer.data.mnist_csv import read_csv
from trainer.data.mnist_files import local_mnist


@dataclass(frozen=True)
class DataChoice:
    """The options --data, --train, --test and --limit, and DIGITS_DATA.

    Attributes:
        data: "auto", "embedded", or the path of a directory or a CSV file.
        train: a CSV file that replaces the training rows.
        test: a CSV file that replaces the test rows.
        limit: how many training rows to take, the first ones.
        directory: where `auto` looks for MNIST, and downloads it to.
    """

    data: str
    train: Path | None
    test: Path | None
    limit: int | None
    directory: Path

    @property
    def downloads_to(self) -> Path | None:
        """The directory that MNIST would be downloaded to; None: it would not be."""
        is_auto = self.data == "auto" and not self.train
        return self.directory if is_auto and not local_mnist(self.directory) else None


@dataclass(frozen=True)
class Digits:
    """Training and test rows, and whether they are the embedded set's."""

    train: Dataset
    test: Dataset
    embedded: bool

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it, before any hold-out."""
        return {
            "source": "embedded" if self.embedded else "mnist",
            "train": {
                **self.train.to_dict(),
                "missing_labels": self.train.missing_labels,
            },
            "test": self.test.to_dict(),
        }


def load(choice: DataChoice, say: Callable[[str], None]) -> Digits:
    """Read the chosen digits; `say` is told of anything a user should know.

    Raises BadData, TooFewRows.
    """
    train, test = _files(choice, say)
    rows, fifth = _training_rows(train, test, choice.limit, say)
    held_out = read_csv(test, say=say) if test else fifth
    return Digits(rows, held_out, embedded=train is None or is_embedded(rows))


def load_training(
    choice: DataChoice, say: Callable[[str], None]
) -> tuple[Dataset, bool]:
    """The training rows alone, and whether they are embedded: opens no test file.

    Raises BadData, TooFewRows.
    """
    train, test = _files(choice, say)
    rows = _training_rows(train, test, choice.limit, say)[0]
    check_labels(rows, say)
    return rows, train is None or is_embedded(rows)


def _training_rows(
    train: Path | None,
    test: Path | None,
    limit: int | None,
    say: Callable[[str], None],
) -> tuple[Dataset, Dataset]:
    """The rows, and the fifth held out of them: none if there is a test file."""
    rows = read_csv(train, limit if test else None, say) if train else read_embedded()
    rows, fifth = (rows, rows.rows(slice(0))) if test else with_fifth(rows)
    return rows.rows(slice(limit)), fifth


def check_labels(rows: Dataset, say: Callable[[str], None]) -> None:
    """Name the digits that no training row shows. Raises BadData if all show one."""
    missing = rows.missing_labels
    if len(rows) > 1 and len(missing) == 9:
        raise BadData(
            Path(rows.file),
            f"all {len(rows)} training rows are labelled {rows.labels[0]}: at least two"
            " digits are needed; is the label in another column?",
        )
    if missing:
        say(f"no training row of {rows.file} is labelled {', '.join(map(str, missing))}")


def _files(
    choice: DataChoice, say: Callable[[str], None]
) -> tuple[Path | None, Path | None]:
    """The training file (None: the embedded set) and the test file (None: a fifth)."""
    if choice.train:
        return choice.train, choice.test
    if choice.data == "auto":
        found = local_mnist(choice.directory) or _fetched(choice.directory, say)
    elif choice.data == "embedded":
        found = None
    else:
        found = _named(Path(choice.data))
    train, test = found or (None, None)
    return train, choice.test or test


def _named(path: Path) -> tuple[Path, Path | None]:
    if not path.is_dir():
        return path, None
    found = local_mnist(path)
    if not found:
        raise BadData(
            path, "the directory holds no MNIST_train.csv, .csv.gz or _1000, _100"
        )
    return found


def _fetched(
    directory: Path, say: Callable[[str], None]
) -> tuple[Path, Path | None] | None:
    say(f"no MNIST in {directory}: downloading it")
    try:
        fetch(directory, say)
    except FetchFailed as error:
        say(f"{error}; the embedded set is taken instead: 1,797 UCI digits")
        return None
    return local_mnist(directory)


