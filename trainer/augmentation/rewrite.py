"""Copies of the UCI digits as MNIST's writers, with pens of theirs, would write them.

The UCI digits were stretched to a square of 8x8 (Alpaydin and Kaynak 1998), so that
aspect, slant and the width of the stroke are lost; and their writers put feet under 1s
and 9s, cross their 7s, write 2s without a loop, and close their 4s. A network that
learns from them as they are takes MNIST's looped 2s for crossed 7s and its open 4s for
9s. Each copy is given back at random what was lost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.mnist_styles import restyle
from trainer.augmentation.strokes import INK
from trainer.augmentation.warp import COLUMN, ROW, fields, redraw

_KNOTS = 4
_FIELDS = fields(_KNOTS)


@dataclass(frozen=True)
class AugmentationParameters:
    """How far copies differ from the digit, by default not at all; ranges are uniform.

    Attributes:
        aspect: width by height, as a factor.
        slant: columns a row to the right.
        rotation: radians either way.
        log_size: of the digit in its 20x20 box.
        shift: pixels either way.
        elastic: pixels of smooth displacement, standard deviation.
        threshold, gain: of the pen: a high threshold thins, a low gain blurs.
        restyled: share of the digits with a style (mnist_styles.py) that get it.
        lost: share of the pixels that are lost.
    """

    aspect: tuple[float, float] = (1, 1)
    slant: tuple[float, float] = (0, 0)
    rotation: float = 0
    log_size: float = 0
    shift: float = 0
    elastic: float = 0
    threshold: tuple[float, float] = (0.5, 0.5)
    gain: tuple[float, float] = (1, 1)
    restyled: float = 0
    lost: float = 0


OTHER_WRITERS = AugmentationParameters(
    aspect=(0.55, 1.5),
    slant=(-0.6, 0.6),
    rotation=0.26,
    log_size=0.15,
    shift=1.0,
    elastic=2.5,
    threshold=(0.3, 0.8),
    gain=(1.2, 6.0),
    restyled=0.75,
    lost=0.2,
)


def rewrite(
    pixels: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    rng: np.random.Generator,
    parameters: AugmentationParameters = OTHER_WRITERS,
) -> NDArray[np.uint8]:
    """A copy of each row of (n, 784) pixels by another writer, same shape and dtype."""
    styled = pixels.copy()
    shapes = rng.random((len(pixels), 4))
    restyle(styled, labels, rng.random(len(pixels)) < parameters.restyled, shapes)
    pen = _pens(styled, rng, parameters)
    ink = styled > 255 * pen.threshold
    copies = redraw(styled, _sources(styled, ink, rng, parameters))
    return _written(copies, pen, rng, parameters)


def fitted(
    pixels: NDArray[np.uint8],
    rng: np.random.Generator,
    parameters: AugmentationParameters,
) -> NDArray[np.uint8]:
    """Each digit fitted into 20x20 and centred by mass; its pen and its style stay."""
    return redraw(pixels, _sources(pixels, pixels > INK, rng, parameters))


@dataclass(frozen=True)
class _Pens:
    """A pen for each of n copies: threshold and gain are (n, 1), of ink from 0 to 1."""

    threshold: NDArray[np.float32]
    gain: NDArray[np.float32]


def _pens(
    pixels: NDArray[np.uint8],
    rng: np.random.Generator,
    parameters: AugmentationParameters,
) -> _Pens:
    """Random pens that leave some of each digit."""
    n = len(pixels)
    blunt, sharp = np.log(parameters.gain)
    gain = np.exp(rng.uniform(blunt, sharp, (n, 1)))
    threshold = np.maximum(rng.uniform(*parameters.threshold, (n, 1)), 0.5 / gain)
    darkest = pixels.max(axis=1, keepdims=True) / 255
    threshold = np.minimum(threshold, 0.9 * darkest)
    return _Pens(threshold.astype(np.float32), gain.astype(np.float32))


def _sources(
    pixels: NDArray[np.uint8],
    ink: NDArray[np.bool_],
    rng: np.random.Generator,
    parameters: AugmentationParameters,
) -> NDArray[np.float32]:
    """Where each pixel of a copy comes from: (2, n, 784), rows and columns.

    ink: (n, 784), what is to fill the box.
    """
    n = len(pixels)
    forward = _fitted(ink, _shapes(n, rng, parameters))
    forward *= np.exp(rng.uniform(-1, 1, (n, 1, 1)) * parameters.log_size)
    back = np.linalg.inv(forward)
    shift = rng.uniform(-parameters.shift, parameters.shift, (n, 2, 1))
    centre = _centres_of_mass(pixels)[:, :, None] + 13.5 - back @ shift
    wildness = parameters.elastic * np.sqrt(rng.uniform(0, 2, (n, 1, 1)))
    bumps = rng.standard_normal((n, 2, _KNOTS**2)) * wildness
    coefficients = np.concatenate([bumps, back, centre], axis=2).astype(np.float32)
    return np.ascontiguousarray((coefficients @ _FIELDS).transpose(1, 0, 2))


def _shapes(
    n: int, rng: np.random.Generator, parameters: AugmentationParameters
) -> NDArray[np.float64]:
    """(n, 2, 2) maps of (row, column): an aspect, a slant, then a rotation."""
    shape = np.zeros((n, 2, 2))
    shape[:, 0, 0] = 1
    shape[:, 1, 1] = rng.uniform(*parameters.aspect, n)
    shape[:, 1, 0] = -rng.uniform(*parameters.slant, n)
    angle = rng.uniform(-parameters.rotation, parameters.rotation, n)
    cos, sin = np.cos(angle), np.sin(angle)
    turn: NDArray[np.float64] = np.array([[cos, -sin], [sin, cos]]).transpose(2, 0, 1)
    return turn @ shape


def _fitted(ink: NDArray[np.bool_], shapes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shapes scaled so that the longer side of the ink becomes 20 pixels."""
    moved = (shapes @ np.stack([ROW, COLUMN])).astype(np.float32)
    ink = ink[:, None, :]
    highest, lowest = np.where(ink, moved, -99).max(2), np.where(ink, moved, 99).min(2)
    spans = (highest - lowest + 1).max(axis=1)
    scaled: NDArray[np.float64] = shapes * (20 / spans)[:, None, None]
    return scaled


def _centres_of_mass(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, 2): row and column, from the middle of the picture."""
    mass = pixels.astype(np.float64)
    moment: NDArray[np.float64] = mass @ np.stack([ROW, COLUMN], axis=1)
    moment /= mass.sum(axis=1, keepdims=True)
    return moment


def _written(
    pixels: NDArray[np.uint8],
    pen: _Pens,
    rng: np.random.Generator,
    parameters: AugmentationParameters,
) -> NDArray[np.uint8]:
    """Thinner, thicker, sharper or softer strokes, with pixels lost; paper stays 0."""
    scaled = pixels * np.float32(1 / 255)
    ink = np.clip((scaled - pen.threshold) * pen.gain + 0.5, 0, 1)
    ink *= rng.random(ink.shape, np.float32) >= parameters.lost
    copies: NDArray[np.uint8] = (ink * 255).astype(np.uint8)
    return copies
