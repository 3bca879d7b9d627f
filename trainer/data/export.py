"""Writing digits as MNIST's CSV files or as pictures, for notebooks and trials."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from model_store.files.whole_file import whole_file
from trainer.data.dataset import Dataset
from trainer.data.source import Digits
from trainer.errors import BadData

_File = tuple[Path, Callable[[IO[bytes]], None]]


def export(digits: Digits, directory: Path, rows: int | None = None) -> list[Path]:
    """Write MNIST_train.csv and MNIST_test.csv: label, 784 pixels, no header.

    rows: the first so many of each set, in files that are named MNIST_train_100.csv and
    the like, as the notes' are. Raises BadData if a file exists already or if there are
    fewer rows, StoreUnavailable if one cannot be written.
    """
    ending = f"_{rows}" if rows else ""
    sets = {"train": digits.train, "test": digits.test}
    return _write(
        [
            (directory / f"MNIST_{name}{ending}.csv", _csv(_first(part, rows)))
            for name, part in sets.items()
        ]
    )


def export_pictures(digits: Digits, directory: Path, rows: int) -> list[Path]:
    """Write the first test rows as PNG files, 28x28, dark ink on white.

    A name tells row and label: row_0003_label_0.png. Raises as export does.
    """
    chosen = _first(digits.test, rows)
    named = enumerate(zip(chosen.pixels, chosen.labels, strict=True))
    return _write(
        [
            (directory / f"row_{row:04d}_label_{label}.png", _png(pixels))
            for row, (pixels, label) in named
        ]
    )


def _first(rows: Dataset, wanted: int | None) -> Dataset:
    if wanted and wanted > len(rows):
        reason = f"it has {len(rows)} rows for this, not {wanted}"
        raise BadData(Path(rows.file), reason)
    return rows.rows(slice(wanted))


def _csv(rows: Dataset) -> Callable[[IO[bytes]], None]:
    table = pd.DataFrame(np.column_stack([rows.labels, rows.pixels]))
    return lambda file: table.to_csv(file, header=False, index=False)


def _png(pixels: NDArray[np.uint8]) -> Callable[[IO[bytes]], None]:
    picture = Image.fromarray(255 - pixels.reshape(28, 28))
    return lambda file: picture.save(file, "PNG")


def _write(files: list[_File]) -> list[Path]:
    for path, _ in files:
        if path.exists():
            raise BadData(path, "it exists already: export into another directory")
    for path, write in files:
        with whole_file(path) as file:
            write(file)
    return [path for path, _ in files]
