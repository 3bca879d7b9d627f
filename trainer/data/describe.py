"""What is in a set of digits: rows, labels, pictures, and sums that check them."""

from typing import Any

import numpy as np
from rich.bar import Bar
from rich.console import Console
from rich.table import Table

from trainer.data.dataset import Dataset, one_hot
from trainer.data.source import Digits

_SHADES = " ░▒▓█"
_BAR_WIDTH = 40


def description(digits: Digits) -> dict[str, Any]:
    """What `data describe --json` says of the training and of the test rows."""
    return {
        "source": digits.to_dict()["source"],
        "train": _described(digits.train),
        "test": _described(digits.test),
    }


def _described(rows: Dataset) -> dict[str, Any]:
    """The notes' check: the one-hot targets add up to the labels, and to the rows."""
    targets = one_hot(rows.labels, np.dtype(np.int64))
    return {
        **rows.to_dict(),
        "labels": np.bincount(rows.labels, minlength=10).tolist(),
        "target_sums": targets.sum(axis=0).tolist(),
        "target_total": int(targets.sum()),
    }


def row_document(rows: Dataset, row: int) -> dict[str, Any]:
    """One row for JSON: its label and 28 lists of 28 pixels, 0 to 255."""
    return {
        "row": row,
        "label": int(rows.labels[row]),
        "pixels": rows.pixels[row].reshape(28, 28).tolist(),
    }


def show(document: dict[str, Any], console: Console) -> None:
    """Print a description for a person."""
    for name, title in (("train", "training rows"), ("test", "test rows")):
        _show_rows(title, document[name], console)


def _show_rows(title: str, described: dict[str, Any], console: Console) -> None:
    rows, total = described["rows"], described["target_total"]
    console.print(f"{rows:,} {title}: {described['file']}", style="bold")
    console.print(f"SHA-256 {described['sha256']}")
    console.print(_chart(described))
    comparison = "as many as rows" if total == rows else f"BUT there are {rows:,} rows"
    console.print(f"the one-hot targets add up to {total:,}: {comparison}\n")


def _chart(described: dict[str, Any]) -> Table:
    """A bar for each label, and the sum of the targets' column beside its count."""
    table = Table(box=None, pad_edge=False)
    for heading in ("label", "rows", "sum of targets"):
        table.add_column(heading, justify="right")
    table.add_column("")
    counts = described["labels"]
    for label, (count, summed) in enumerate(
        zip(counts, described["target_sums"], strict=True)
    ):
        bar = Bar(max(*counts, 1), 0, count, width=_BAR_WIDTH)
        table.add_row(str(label), f"{count:,}", f"{summed:,}", bar)
    return table


def picture(rows: Dataset, row: int) -> str:
    """A row's picture, 28 lines of blocks: two columns a pixel, five shades."""
    shades = rows.pixels[row].reshape(28, 28).astype(int) * (len(_SHADES) - 1)
    lines = np.rint(shades / 255).astype(int)
    return "\n".join("".join(2 * _SHADES[shade] for shade in line) for line in lines)
