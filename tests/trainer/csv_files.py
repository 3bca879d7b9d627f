"""CSV files in MNIST's form, whole or spoilt, for the trainer to read."""

import gzip
from pathlib import Path

import numpy as np

from trainer.data.dataset import Dataset

Rows = list[list[str]]


def rows_of(digits: Dataset) -> Rows:
    """The fields of each row: the label and 784 pixels."""
    table = np.column_stack([digits.labels, digits.pixels])
    return [[str(value) for value in row] for row in table.tolist()]


def text_of(rows: Rows) -> str:
    """The rows as the text of a CSV file."""
    return "".join(",".join(row) + "\n" for row in rows)


def write(path: Path, rows: Rows) -> Path:
    """Write the rows, packed if the name ends in .gz."""
    content = text_of(rows).encode()
    path.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    return path
