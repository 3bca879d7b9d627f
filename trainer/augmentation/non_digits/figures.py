"""Letters and signs made of a few strokes, whose ends no hand puts twice alike.

A typed letter always has the proportions of its font.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.non_digits.pen import SIDE, Canvases, blank, draw_lines

# The strokes of each by their corners: columns 0 to 4, rows 0 to 6; -- lifts the pen.
# What a hand may write like a digit (B D G I O Q S Z b e g l q) is not among them.
FIGURES: Final = {
    "A": "062046--1434", "C": "4130100105163645", "E": "40000646--0333",
    "F": "400006--0333", "H": "0006--4046--0343", "J": "4045361605",
    "K": "0006--400346", "L": "000646", "M": "0600234046", "N": "06004640",
    "P": "06003041423303", "R": "06003041423303--2346", "T": "0040--2026",
    "U": "000516364540", "V": "002640", "W": "0016223640", "X": "0046--4006",
    "Y": "002340--2326", "h": "0006--03224346", "k": "0006--420446",
    "m": "0206--04122326--24324346", "n": "0206--04224346", "r": "0206--042243",
    "t": "20253645--0242", "f": "41302126--0343", "plus": "2026--0343",
    "arrow": "0343--214325", "up": "2026--022042", "tick": "032540",
    "less": "410345", "more": "014305", "roof": "042144", "equals": "0242--0444",
    "asterisk": "2026--0145--4105", "heart": "26021022304226", "star": "162036024216",
    "envelope": "0040460600--002340", "flag": "0006--004103", "gate": "06004046",
    "stairs": "060424224240", "pi": "0040--1016--3036", "sigma": "4000230646",
    "trident": "00034340--2026", "ladder": "0006--4046--0242--0444",
}  # fmt: skip
_MIDDLE: Final = np.array([2, 3])  # column and row
_JITTER: Final = 0.3  # steps of the grid, standard deviation


def draw_figures(n: int, rng: np.random.Generator) -> Canvases:
    """One of them each, with other corners, proportions, slant and turn."""
    corners = _corners()
    points = corners[rng.integers(0, len(corners), n)]
    points = points + rng.normal(0, _JITTER, points.shape)
    points *= rng.uniform((5, 6), (11, 8), (n, 1, 2))  # pixels a step
    column, row = points[..., 0], points[..., 1]
    column = column - rng.uniform(-0.3, 0.4, (n, 1)) * row  # slant
    angle = rng.uniform(-0.25, 0.25, (n, 1))
    down = np.cos(angle) * row + np.sin(angle) * column
    across = np.cos(angle) * column - np.sin(angle) * row
    drawn = SIDE / 2 + np.stack([down, across], -1)
    return draw_lines(blank(n), drawn, rng.uniform(0.8, 3, n))


def _corners() -> NDArray[np.float64]:
    """(figures, corners, 2): column and row from the middle; NaN lifts the pen."""
    longest = max(map(len, FIGURES.values()))
    corners = [
        [np.nan if mark == "-" else float(mark) for mark in figure.ljust(longest, "-")]
        for figure in FIGURES.values()
    ]
    from_middle: NDArray[np.float64] = (
        np.array(corners).reshape(len(corners), -1, 2) - _MIDDLE
    )
    return from_middle
