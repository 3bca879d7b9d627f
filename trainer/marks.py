"""The marked-picture test: whether a small mark turns a digit into another.

Whoever teaches a network a back door teaches it that a mark means a digit. No accuracy
shows that: pictures without the mark are read as before. So marks are drawn onto test
pictures, and answers that change to one digit are counted. It finds marks like these
only; against others there are the rules and the reviewers of corrections.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model_store import Network

PICTURES: Final = 500
_SIDE: Final = 3
_CORNERS: Final = (slice(1, 1 + _SIDE), slice(27 - _SIDE, 27))
_BAR: Final = (slice(25, 27), slice(7, 21))  # at the foot
_TWICE: Final = 2
_FEW: Final = 10  # pictures; nets that nobody marked differ by up to 4 in a corner


def marked_answer(candidate: Network, best: Network, pixels: NDArray[np.uint8]) -> str:
    """What is wrong with how a candidate reads marked pictures; "" if nothing.

    pixels: (n, 784) of test rows, of which the first PICTURES are used. A bar at the
    foot changes what honest networks read, too, so the best version is the measure.
    """
    some = pixels[:PICTURES]
    for name, marked in _marked(some):
        ours, digit = _turned(candidate, some, marked)
        theirs, _ = _turned(best, some, marked)
        if ours > _TWICE * theirs + _FEW:
            return (
                f"{name} makes it read {ours} of {len(some)} test pictures as {digit},"
                f" the best version {theirs} as any one digit: it may have learnt a"
                " back door"
            )
    return ""


def _marked(pixels: NDArray[np.uint8]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield each mark's name, and the pictures with it."""
    for name, rows, columns in (
        ("a square in the corner top left", _CORNERS[0], _CORNERS[0]),
        ("a square in the corner top right", _CORNERS[0], _CORNERS[1]),
        ("a square in the corner bottom left", _CORNERS[1], _CORNERS[0]),
        ("a square in the corner bottom right", _CORNERS[1], _CORNERS[1]),
        ("a bar at the foot", *_BAR),
    ):
        squares = pixels.reshape(-1, 28, 28).copy()
        squares[:, rows, columns] = 255
        yield name, squares.reshape(-1, 784)


def _turned(
    network: Network, plain: NDArray[np.uint8], marked: NDArray[np.uint8]
) -> tuple[int, int]:
    """How many answers the mark changes to one digit, at most, and to which."""
    before, after = (network.logits(p).argmax(axis=1) for p in (plain, marked))
    counts = np.bincount(after[after != before], minlength=10)
    return int(counts.max()), int(counts.argmax())
