"""Distrust of test rows: what is wrong if the best version cannot read them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model_store import Model, Network
from model_store.best import likely_accuracy
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import logits

_FAR_WORSE = 0.75  # of the accuracy that its metadata says
_JUDGES = 0.5  # a version that reads fewer rows than this says nothing of any
_RARE = 0.001
_LIKELY_CAUSES = (
    "is the label in another column, or are rows and columns swapped, the pixels"
    " inverted, the labels shifted?"
)


def fault_of(test: Dataset, best: Model, right: int) -> str | None:
    """Why the best version reads these rows far worse than others; None if it does not.

    right: how many of the rows it reads as their labels.
    The text gives both figures, and the cause, if a change of the rows mends it.
    """
    expected = likely_accuracy(best.card)
    if expected is None or not _is_far_worse(right, len(test), expected):
        return None
    mended, cause = max(_mended(best.network, test))
    if _is_far_worse(mended, len(test), expected):
        cause = _LIKELY_CAUSES
    return (
        f"the test rows are not trusted: version {best.version}, whose metadata says"
        f" {best.card.test_accuracy:.4f}, reads {right} of {len(test)} right"
        f" ({right / len(test):.4f}) in {test.file}: {cause} (--no-gate publishes all"
        " the same)"
    )


def is_right(network: Network, rows: Dataset) -> NDArray[np.bool_]:
    """Whether the network reads each row as its label, (n,)."""
    right: NDArray[np.bool_] = _read(network, rows) == rows.labels
    return right


def _is_far_worse(right: int, rows: int, expected: float) -> bool:
    """Far fewer than expected, and not by chance: a one-sided binomial test."""
    # It takes half a second to load, which only a training should wait for.
    from scipy.special import bdtr  # noqa: PLC0415

    few = right < _FAR_WORSE * expected * rows and expected >= _JUDGES
    return few and bool(bdtr(right, rows, expected) < _RARE)


def _mended(network: Network, test: Dataset) -> Iterator[tuple[int, str]]:
    """How many rows are right if a fault is undone, and what the fault is called."""
    squares = test.pixels.reshape(-1, 28, 28)
    for pixels, fault in (
        (squares.transpose(0, 2, 1), "its rows and columns are swapped, as in EMNIST"),
        (~squares, "its pixels are inverted: 0 must be the ground, 255 the ink"),
        (squares[:, :, ::-1], "its pictures are mirrored"),
        (squares[:, ::-1], "its pictures are upside down"),
    ):
        mended = replace(test, pixels=pixels.reshape(-1, 784))
        yield int(is_right(network, mended).sum()), fault
    shifts = np.bincount((test.labels - _read(network, test)) % 10, minlength=10)
    shift = int(shifts[1:].argmax()) + 1
    yield int(shifts[shift]), f"its labels are shifted by {shift}, modulo 10"


def _read(network: Network, rows: Dataset) -> NDArray[np.intp]:
    read: NDArray[np.intp] = logits(network, rows).argmax(axis=1)
    return read
