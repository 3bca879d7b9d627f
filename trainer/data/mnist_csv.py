"""CSV files of digits: one row an image, a label and 784 pixels."""

import hashlib
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path

from trainer.data.csv_rows import read_rows
from trainer.data.dataset import Dataset
from trainer.data.layout import layout_of
from trainer.data.packed import unpacked
from trainer.errors import BadData, DataFault

_LINES_TO_LOOK_AT = 10


def _keep_quiet(_text: str) -> None:
    """Tell nobody."""


def read_csv(
    path: Path, limit: int | None = None, say: Callable[[str], None] = _keep_quiet
) -> Dataset:
    """Read a CSV file, packed or not, at most the first `limit` rows.

    MNIST's own form is the label, then 784 pixels, without a header. With a header, the
    columns go by their names; without one, the label may also be the last column, and
    row numbers may come first: `say` is told. Whole numbers count however they are
    written (7, 7.0, 1e2).

    Raises BadData, which names the file and, where there is one, row and column.
    """
    try:
        with path.open("rb") as file, unpacked(file) as content:
            first = list(islice(content, _LINES_TO_LOOK_AT))
            labels, pixels = read_rows(
                chain(first, content), layout_of(first), limit,
                lambda text: say(f"{path.name}: {text}"),
            )  # fmt: skip
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except DataFault as fault:
        reason = str(fault)
    except FileNotFoundError:
        reason = "no such file"
    except OSError as error:
        reason = error.strerror or str(error)
    else:
        return Dataset(pixels, labels, path.name, sha256)
    raise BadData(path, reason)
