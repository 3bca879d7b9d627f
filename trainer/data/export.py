"""Writing digits as CSV files in MNIST's form, for the notes' notebook and others."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from trainer.data.source import Digits
from trainer.data.dataset import Dataset
from trainer.errors import BadData


def export(digits: Digits, directory: Path) -> list[Path]:
    """Write MNIST_train.csv and MNIST_test.csv: label, 784 pixels, no header.

    Raises BadData if one exists already or cannot be written.
    """
    sets = {"MNIST_train.csv": digits.train, "MNIST_test.csv": digits.test}
    paths = [directory / name for name in sets]
    for path in paths:
        if path.exists():
            raise BadData(path, "it exists already: export into another directory")
    for path, rows in zip(paths, sets.values(), strict=True):
        try:
            _write(rows, path)
        except OSError as error:
            raise BadData(path, error.strerror or str(error)) from None
    return paths


def _write(rows: Dataset, path: Path) -> None:
    """Under another name first, so that nobody takes a part for the whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}-{os.getpid()}")
    table = pd.DataFrame(np.column_stack([rows.labels, rows.pixels]))
    try:
        table.to_csv(unfinished, header=False, index=False)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
