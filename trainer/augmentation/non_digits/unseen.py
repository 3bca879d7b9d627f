"""Pictures of no digit that no network learns from: other fonts, and other kinds.

On them a network's honesty is measured (learning/honesty.py). They are always the same.
"""

import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.glyphs import UNSEEN_FONTS, draw_letters
from trainer.augmentation.mnist_form import to_mnist_form
from trainer.augmentation.non_digits.mix import handwritten
from trainer.augmentation.non_digits.pen import SIDE, Canvases, blank, draw_lines

_SEED: Final = 10
_LETTERS: Final = 750
_DRAWINGS: Final = 50  # of each kind
_MIDDLE = SIDE / 2


@functools.cache
def unseen_non_digits() -> NDArray[np.uint8]:
    """(1000, 784): letters and signs as hands would write them, then drawings."""
    rng = np.random.default_rng(_SEED)
    typed = draw_letters(UNSEEN_FONTS)
    letters = handwritten(typed[rng.integers(0, len(typed), _LETTERS)], rng)
    kinds = (_spirals, _zigzags, _lattices, _trees, _stick_figures)
    drawings = np.concatenate([draw(_DRAWINGS, rng) for draw in kinds])
    pixels = np.concatenate([letters, to_mnist_form(drawings)])
    pixels.flags.writeable = False
    return pixels


def _spirals(n: int, rng: np.random.Generator) -> Canvases:
    """Two to four turns around a middle."""
    t = np.linspace(0, 1, 60)
    angle = 2 * np.pi * (t * rng.uniform(2, 4, (n, 1)) + rng.random((n, 1)))
    points = _MIDDLE + 26 * t[:, None] * np.stack([np.sin(angle), np.cos(angle)], -1)
    return draw_lines(blank(n), points, rng.uniform(0.8, 1.8, n))


def _zigzags(n: int, rng: np.random.Generator) -> Canvases:
    """A line that goes up and down six to nine times on its way across."""
    points = np.stack(
        np.broadcast_arrays(32 + 12 * (-1) ** np.arange(10), np.linspace(6, 58, 10)), -1
    )
    points = points + rng.uniform(-4, 4, (n, 10, 2))
    points[np.arange(10) > rng.integers(6, 10, (n, 1))] = np.nan
    return draw_lines(blank(n), _turned(points, rng), rng.uniform(0.8, 2.2, n))


def _lattices(n: int, rng: np.random.Generator) -> Canvases:
    """Three lines crossed by three: a grid without its frame."""
    places = np.array([16, 32, 48])
    up = np.full((3, 2), np.nan)
    down = np.stack([[[10, p] for p in places], [[54, p] for p in places], up], 1)
    across = np.stack([[[p, 10] for p in places], [[p, 54] for p in places], up], 1)
    points = np.concatenate([down, across]).reshape(18, 2)
    points = points + rng.uniform(-4, 4, (n, 18, 2))
    return draw_lines(blank(n), _turned(points, rng), rng.uniform(0.8, 1.8, n))


def _trees(n: int, rng: np.random.Generator) -> Canvases:
    """A stem with three pairs of branches."""
    pieces = [[[56, 32], [8, 32]]]
    for row in (20, 32, 44):
        pieces += [[[row, 32], [row - 10, 16]], [[row, 32], [row - 10, 48]]]
    lines = np.array([[*piece, [np.nan, np.nan]] for piece in pieces]).reshape(21, 2)
    points = lines + rng.uniform(-3, 3, (n, 21, 2))
    return draw_lines(blank(n), _turned(points, rng), rng.uniform(0.8, 2.2, n))


def _stick_figures(n: int, rng: np.random.Generator) -> Canvases:
    """A head, a body, two arms and two legs."""
    angle = np.linspace(0, 2 * np.pi, 13)
    head = np.stack([13 + 6 * np.sin(angle), 32 + 6 * np.cos(angle)], -1)
    up = [np.nan, np.nan]
    body = [up, [19, 32], [38, 32], up, [58, 22], [38, 32], [58, 42]]
    arms = [up, [30, 18], [26, 32], [30, 46]]
    points = np.tile(np.array([*head, *body, *arms]), (n, 1, 1))
    points[:, 13:] += rng.uniform(-3, 3, (n, 11, 2))
    return draw_lines(blank(n), _turned(points, rng), rng.uniform(0.8, 2.2, n))


def _turned(
    points: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Each picture's points turned by up to 20 degrees around the middle."""
    angle = rng.uniform(-0.35, 0.35, len(points))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]]).transpose(2, 0, 1)
    turned: NDArray[np.float64] = (points - _MIDDLE) @ turn + _MIDDLE
    return turned
