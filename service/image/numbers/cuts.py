"""Where ink that may be several digits is cut: the cheapest ways through it."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.page.morphology import Grey

Costs = NDArray[np.float32]

# The ways lead through so many rows, whatever the height of the ink.
ROWS: Final = 56
# Ways whose middles are nearer than this, in those pixels, are one.
APART: Final = 3
# What a step aside costs, in ink.
ASIDE: Final = 0.05
# No cut through more ink than this, as a share of the way.
MOST_INK: Final = 0.5


class Cuts(NamedTuple):
    """How many cuts lie to the left of each pixel (h, w), and what each goes through.

    costs: the ink that each cut crosses, as a share of the height, from the left.
    """

    left: NDArray[np.intp]
    costs: Costs


def cut(ink: Grey) -> Cuts:
    """Cut ink (h, w) from top to bottom wherever it may be two digits.

    The cuts are ways that cross as little ink as they can, one for each place of the
    middle row that is a local minimum (as in seam carving; Avidan and Shamir 2007).
    """
    height, width = ink.shape
    across = max(1, round(width * ROWS / height))
    small = Image.fromarray(ink).resize((across, ROWS), Image.Resampling.BOX)
    costs = np.asarray(small, dtype=np.float32) / np.float32(255)
    half = ROWS // 2
    upper, lower = _cheapest(costs[: half + 1]), _cheapest(costs[: half - 1 : -1])
    total = upper[-1] + lower[-1] - costs[half]
    middles = _minima(total)
    ways = np.concatenate([_way(upper, middles), _way(lower, middles)[-2::-1]])
    rows = np.arange(height) * ROWS // height
    at = (ways[rows] + 0.5) * width / across
    left = (np.arange(width)[None, :, None] >= at[:, None]).sum(axis=2)
    return Cuts(left, total[middles] / ROWS)


def _cheapest(costs: Costs) -> Costs:
    """Return what the cheapest way from the first row to each pixel costs."""
    total = costs.copy()
    for row in range(1, len(total)):
        before = np.pad(total[row - 1], 1, constant_values=np.inf)
        aside = np.minimum(before[:-2], before[2:]) + np.float32(ASIDE)
        total[row] += np.minimum(before[1:-1], aside)
    return total


def _minima(costs: Costs) -> NDArray[np.intp]:
    """Return the places of the cheapest ways, cheap ones first taken, from the left."""
    taken: list[int] = []
    for at in np.argsort(costs, kind="stable").tolist():
        if costs[at] > MOST_INK * ROWS:
            break
        inside = APART <= at < len(costs) - APART
        if inside and all(abs(at - other) >= APART for other in taken):
            taken.append(at)
    return np.array(sorted(taken), dtype=np.intp)


def _way(total: Costs, ends: NDArray[np.intp]) -> NDArray[np.intp]:
    """Follow the cheapest ways back from their ends in the last row: (rows, ways)."""
    way = np.empty((len(total), len(ends)), dtype=np.intp)
    way[-1] = ends
    steps = np.array([0, -1, 1])
    aside = np.array([0, ASIDE, ASIDE], dtype=np.float32)
    for row in range(len(total) - 2, -1, -1):
        at = np.clip(way[row + 1] + steps[:, None], 0, total.shape[1] - 1)
        best = (total[row][at] + aside[:, None]).argmin(axis=0)
        way[row] = at[best, np.arange(len(ends))]
    return way
