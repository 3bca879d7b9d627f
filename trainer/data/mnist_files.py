"""MNIST's files on this machine, by their names."""

import os.path
from pathlib import Path

_TRAINING = ("train", "train_1000", "train_100")
_TEST = ("test", "test_100", "test_10")
_ENDINGS = (".csv", ".csv.gz", ".csv.xz", ".csv.bz2", ".csv.zip")


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


def full_mnist(directory: Path) -> tuple[Path | None, Path | None]:
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
