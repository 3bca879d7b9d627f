"""A set of digits: pixels, labels, and the file that they came from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from trainer.errors import OneDigit, TooFewRows

Pixels = NDArray[np.uint8]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Dataset:
    """Digits in MNIST's form.

    Attributes:
        pixels: (n, 784) uint8, 0 background to 255 ink, row-major 28x28.
        labels: (n,) uint8, 0 to 9.
        file: where they came from, as the metadata names it.
        sha256: of that file's bytes, hexadecimal.
    """

    pixels: Pixels
    labels: Labels
    file: str
    sha256: str

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def missing_labels(self) -> list[int]:
        """The digits that no row is labelled."""
        return np.flatnonzero(np.bincount(self.labels, minlength=10) == 0).tolist()

    def rows(self, which: slice | NDArray[np.intp]) -> "Dataset":
        """The chosen rows, of the same file."""
        return Dataset(self.pixels[which], self.labels[which], self.file, self.sha256)

    def split(self, held_out: int) -> tuple["Dataset", "Dataset"]:
        """The other rows and `held_out` rows: always the same ones for the same file.

        They are drawn by a fixed seed of their own, so that no training seed
        changes what is held out.
        """
        order = np.random.default_rng(_SPLIT_SEED).permutation(len(self))
        return (
            self.rows(np.sort(order[held_out:])),
            self.rows(np.sort(order[:held_out])),
        )

    def followed_by(self, others: "Dataset") -> "Dataset":
        """These rows, then the others', under this file's name."""
        pixels = np.concatenate([self.pixels, others.pixels])
        labels = np.concatenate([self.labels, others.labels])
        return Dataset(pixels, labels, self.file, self.sha256)

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it."""
        return {"file": self.file, "rows": len(self), "sha256": self.sha256}


_SPLIT_SEED = 784


def one_hot(labels: Labels, dtype: DTypeLike) -> NDArray[Any]:
    """The notes' targets: row k is 0 but for a 1 at label k. Shape (n, 10)."""
    targets = np.zeros((len(labels), 10), dtype)
    targets[np.arange(len(labels)), labels] = 1
    return targets


def with_fifth(rows: Dataset) -> tuple[Dataset, Dataset]:
    """Training rows, and a fixed fifth to test with. Raises TooFewRows."""
    held_out = max(1, len(rows) // 5)
    if held_out >= len(rows):
        raise TooFewRows(
            f"{rows.file} has {len(rows)} row: none is left to train on when a fifth"
            " is held out; give more rows or a test file (--test)"
        )
    return rows.split(held_out)


def hold_out(rows: Dataset) -> tuple[Dataset, Dataset]:
    """Training rows and a fixed twelfth of them for every choice that a run makes.

    5,000 of MNIST's 60,000. Raises TooFewRows.
    """
    held_out = max(1, len(rows) // 12)
    if held_out >= len(rows):
        raise TooFewRows(
            f"{rows.file} gives {len(rows)} training row: none is left after a twelfth"
            " is held out; give more rows, or --preset notebook, which holds out none"
        )
    return rows.split(held_out)


def check_labels(rows: Dataset, say: Callable[[str], None]) -> None:
    """Name the digits that no training row shows. Raises OneDigit if all show one."""
    missing = rows.missing_labels
    if len(rows) > 1 and len(missing) == 9:
        raise OneDigit(
            f"{rows.file}: all {len(rows)} training rows are labelled {rows.labels[0]}:"
            " at least two digits are needed; is the label in another column?"
        )
    if missing:
        listed = ", ".join(map(str, missing))
        say(f"no training row of {rows.file} is labelled {listed}")
