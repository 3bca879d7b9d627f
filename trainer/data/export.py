"""Writing digits as CSV files in MNIST's form, for the notes' notebook and others."""

from pathlib import Path

import numpy as np
import pandas as pd

from model_store.whole_file import whole_file
from trainer.data.source import Digits
from trainer.errors import BadData


def export(digits: Digits, directory: Path) -> list[Path]:
    """Write MNIST_train.csv and MNIST_test.csv: label, 784 pixels, no header.

    Raises BadData if one exists already, StoreUnavailable if one cannot be written.
    """
    sets = {"MNIST_train.csv": digits.train, "MNIST_test.csv": digits.test}
    paths = [directory / name for name in sets]
    for path in paths:
        if path.exists():
            raise BadData(path, "it exists already: export into another directory")
    for path, rows in zip(paths, sets.values(), strict=True):
        table = pd.DataFrame(np.column_stack([rows.labels, rows.pixels]))
        with whole_file(path) as file:
            table.to_csv(file, header=False, index=False)
    return paths
