"""Which files to read digits from: those named, MNIST's on this machine, or fetched."""

import os.path
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trainer.data.download import fetch
from trainer.errors import BadData, FetchFailed

_TRAINING = ("train", "train_1000", "train_100")
_TEST = ("test", "test_100", "test_10")
_ENDINGS = (".csv", ".csv.gz", ".csv.xz", ".csv.bz2", ".csv.zip")

Files = tuple[Path | None, Path | None]


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

    def files(self, say: Callable[[str], None]) -> Files:
        """The training file (None: the embedded set) and the test file (None: a fifth).

        Raises BadData.
        """
        if self.train:
            return self.train, self.test
        if self.data == "embedded":
            return None, self.test
        is_auto = self.data == "auto"
        place = self.directory if is_auto else Path(self.data)
        if not is_auto and not place.is_dir():
            return place, self.test
        found = local_mnist(place)
        if not found and not is_auto:
            reason = "the directory holds no MNIST_train.csv, .csv.gz or _1000, _100"
            raise BadData(place, reason)
        train, test = found or _fetched(place, say)
        return train, self.test or test


def _fetched(directory: Path, say: Callable[[str], None]) -> Files:
    say(f"no MNIST in {directory}: downloading it")
    try:
        train, test = fetch(directory, say)
    except FetchFailed as error:
        say(f"{error}; the embedded set is taken instead: 1,797 UCI digits")
        return None, None
    return train, test


def local_mnist(directory: Path) -> tuple[Path, Path | None] | None:
    """The largest training CSV in a directory and the largest test CSV, if any.

    The notes keep theirs in a folder MNIST of the data directory, so it is looked
    into too.
    """
    for place in (directory, directory / "MNIST"):
        train = _largest(place, _TRAINING)
        if train:
            return train, _largest(place, _TEST)
    return None


def full_mnist(directory: Path) -> Files:
    """The full training set and the full test set, where they are in place."""
    for place in (directory, directory / "MNIST"):
        if train := _largest(place, _TRAINING[:1]):
            return train, _largest(place, _TEST[:1])
    return None, None


def _largest(directory: Path, names: tuple[str, ...]) -> Path | None:
    for name in names:
        for prefix in ("MNIST", "mnist"):
            for ending in _ENDINGS:
                path = directory / f"{prefix}_{name}{ending}"
                if os.path.isfile(path):  # noqa: PTH113 (False also without permission)
                    return path
    return None
