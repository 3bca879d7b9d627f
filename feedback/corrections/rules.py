"""The automatic rules: which corrections a person should look at with care.

They quarantine, and reject nothing. Their figures were measured (docs/corrections.md).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

LARGEST_BOX: Final = 20  # MNIST's digits fit into 20x20; a mark in a corner does not
LEAST_PANEL: Final = 0.001
TRUSTED_PANEL: Final = 0.05  # with DIGITS_FEEDBACK=trust no person need look
HOURLY: Final = 30  # of a client
MOST_HOURLY: Final = 300  # more are refused: they would only fill the disk
CLIENT_ROUND: Final = 10  # of a client, until the next training takes them
PAIR_SHARE: Final = 0.25  # of a round, for one label that is corrected to one other
PAIR_FEWEST: Final = 20


@dataclass(frozen=True)
class Round:
    """What stands since the last training, as the next correction finds it.

    Attributes:
        total, pair: corrections in all, and those from the same label to the same.
        of_client, in_last_hour: of the same client.
        conflicting: of the same pixels, with another label.
    """

    total: int
    pair: int
    of_client: int
    in_last_hour: int
    conflicting: int


def broken_rule(pixels: bytes, panel: float, standing: Round) -> str | None:
    """The first rule that a correction breaks, as a sentence; None if it breaks none.

    panel: the probability that the newest versions together give its label.
    """
    broken = {
        "the same picture was given another label": standing.conflicting > 0,
        f"ink outside of {LARGEST_BOX}x{LARGEST_BOX}": _box(pixels) > LARGEST_BOX,
        "no version thinks it likely": panel < LEAST_PANEL,
        f"over {HOURLY} an hour from this client": standing.in_last_hour >= HOURLY,
        f"over {CLIENT_ROUND} a round from this client": (
            standing.of_client >= CLIENT_ROUND
        ),
        "too many of this label to that one": _is_flooded(standing),
    }
    return next((rule for rule, is_broken in broken.items() if is_broken), None)


def _is_flooded(standing: Round) -> bool:
    pair, total = standing.pair + 1, standing.total + 1
    return pair > PAIR_FEWEST and pair > PAIR_SHARE * total


def _box(pixels: bytes) -> int:
    """The longer side of the box around all ink, in pixels.

    An edge that falls between two pixels leaves at most half ink, 128, on one of them.
    """
    ink = np.frombuffer(pixels, np.uint8).reshape(28, 28) > 128
    sides = [np.flatnonzero(ink.any(axis=axis)) for axis in (0, 1)]
    return max((int(side[-1] - side[0]) + 1 for side in sides if len(side)), default=0)
