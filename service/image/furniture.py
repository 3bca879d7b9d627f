"""What lies on a photographed page beside the digit: frames, page edges, the table."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.image.components import Components

Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]

# A strip of table lies along a whole side; a digit cut too tightly does not.
WHOLE_SIDE = 0.9
# A frame spans the page and has hardly any ink away from its own four sides.
SPAN = 0.85
INNER_INK = 0.1
# A box drawn round the digit has ink in all four of its own corners, so much of its
# length wide, and the digit in it is at least so long.
CORNER = 0.15
ENCLOSED = 0.2
# A ring drawn round the digit is about as wide as tall, which few zeros are, has
# hardly any ink within so much of its radius, and the digit in it is at least so long.
ROUNDEST = 1.4
WITHIN = 0.7
ENCIRCLED = 0.35
# A line of ruled paper runs through the page and is far thinner than long.
RULE = 0.15
# MNIST's flattest digits are two and a half times as wide as tall.
FLATTEST = 4
MOST_STROKES = 5
# A button is filled but for its rounded corners and its inscription.
FILLED = 0.9
SMALLEST_BUTTON = 8
# Pixels, of the picture or of the grid on which it is searched.
SMALLEST = 4


def furniture(parts: Components) -> Flags:
    """Say which parts are frames, paper lines and strips of the table."""
    height, width = parts.shape
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    across = (parts.left == 0) & (parts.right == width) & (tall < RULE * width)
    down = (parts.top == 0) & (parts.bottom == height) & (wide < RULE * height)
    strips = along_border(parts) > WHOLE_SIDE
    frames = _frames(parts) | _boxes(parts) | _rings(parts)
    unwanted: Flags = across | down | strips | frames
    return unwanted


def never_digits(parts: Components) -> Flags:
    """Say which parts are no digit, even if there is nothing else on the page.

    Frames; dots; what is far flatter than any digit, as paper lines are; what has
    more strokes side by side than any digit, as squared paper and noise have.
    """
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    strokes = _sums(parts, np.ones(len(parts.owner))) / tall
    misshapen = (wide > FLATTEST * tall) | (strokes > MOST_STROKES)
    never: Flags = _frames(parts) | misshapen | (parts.longest() < SMALLEST)
    return never


def slabs(parts: Components) -> Flags:
    """Say which parts are filled bars with square ends, as a page's buttons are."""
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    filled = parts.area > FILLED * tall * wide
    flags: Flags = filled & (wide > 1.5 * tall) & (tall >= SMALLEST_BUTTON)
    return flags


def along_border(parts: Components) -> Shares:
    """Return which share of a side of the picture each part lies along, at most."""
    height, width = parts.shape
    stride, lengths = width + 1, parts.ends - parts.starts
    first = parts.starts < stride
    last = parts.starts >= (height - 1) * stride
    left, right = parts.starts % stride == 0, parts.ends % stride == width
    across = np.maximum(_sums(parts, first * lengths), _sums(parts, last * lengths))
    down = np.maximum(_sums(parts, left), _sums(parts, right))
    return np.maximum(across / width, down / height)


def leaning(parts: Components) -> Shares:
    """Return how much of its own length each part lies along the border, 0 to 1."""
    shares: Shares = along_border(parts) * max(parts.shape) / parts.longest()
    return np.minimum(shares, 1)


def _frames(parts: Components) -> Flags:
    height, width = parts.shape
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    spans: Flags = (tall > SPAN * height) & (wide > SPAN * width)
    if not spans.any():
        return spans
    frames: Flags = spans & (_inner_share(parts, 0.06 * min(parts.shape)) < INNER_INK)
    return frames


def _boxes(parts: Components) -> Flags:
    """Say which parts are boxes drawn or printed round something else."""
    around = _enclosing(parts, ENCLOSED)
    if not around.any():
        return around
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    hollow = _inner_share(parts, CORNER * np.minimum(tall, wide)) < INNER_INK
    boxes: Flags = around & hollow & _square_corners(parts)
    return boxes


def _rings(parts: Components) -> Flags:
    """Say which parts are rings drawn round something else."""
    rings = _enclosing(parts, ENCIRCLED)
    if not rings.any():
        return rings
    stride, owner = parts.shape[1] + 1, parts.owner
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    x = (parts.starts + parts.ends) / 2 % stride - (parts.left + wide / 2)[owner]
    y = parts.starts // stride + 0.5 - (parts.top + tall / 2)[owner]
    inner = np.hypot(x / wide[owner], y / tall[owner]) < WITHIN / 2
    inside = _sums(parts, inner * (parts.ends - parts.starts))
    rings &= inside < INNER_INK * parts.area
    rings &= np.maximum(tall, wide) < ROUNDEST * np.minimum(tall, wide)
    return rings


def _enclosing(parts: Components, share: float) -> Flags:
    """Say which parts have another one in their boxes, at least a share as long."""
    enclosing = np.zeros(len(parts), dtype=bool)
    large = np.flatnonzero(parts.longest() > 0.1 * min(parts.shape))
    enclosing[[part for part in large if _encloses(parts, int(part), share)]] = True
    return enclosing


def _encloses(parts: Components, part: int, share: float) -> bool:
    longest = parts.longest()
    across = (parts.left > parts.left[part]) & (parts.right < parts.right[part])
    down = (parts.top > parts.top[part]) & (parts.bottom < parts.bottom[part])
    return bool((across & down & (longest > share * longest[part])).any())


def _square_corners(parts: Components) -> Flags:
    """Say which parts have ink in all four corners of their boxes."""
    stride, owner = parts.shape[1] + 1, parts.owner
    rows, at = parts.starts // stride, parts.starts % stride
    reach_down = (CORNER * (parts.bottom - parts.top))[owner]
    reach_across = (CORNER * (parts.right - parts.left))[owner]
    square = np.ones(len(parts), dtype=bool)
    for high in (
        rows < parts.top[owner] + reach_down,
        rows > parts.bottom[owner] - 1 - reach_down,
    ):
        for side in (
            at < parts.left[owner] + reach_across,
            parts.ends - rows * stride > parts.right[owner] - reach_across,
        ):
            square &= _sums(parts, high & side) > 0
    return square


def _inner_share(parts: Components, band: float | Shares) -> Shares:
    """Return which share of each part's area lies so far from its box's sides."""
    stride, owner = parts.shape[1] + 1, parts.owner
    band = np.broadcast_to(band, len(parts))[owner]
    rows = parts.starts // stride
    middle: Shares = (parts.starts + parts.ends) / 2 % stride
    lengths = parts.ends - parts.starts
    inside_rows = (rows > parts.top[owner] + band) & (rows < parts.bottom[owner] - band)
    inside = (middle > parts.left[owner] + band) & (middle < parts.right[owner] - band)
    inner = _sums(parts, lengths * (inside_rows & inside))
    shares: Shares = inner / np.maximum(parts.area, 1)
    return shares


def _sums(parts: Components, weights: NDArray[Any]) -> Shares:
    """Add up a figure of each run over the runs of each part."""
    sums = np.bincount(parts.owner, weights=weights, minlength=len(parts))
    return sums.astype(np.float64)
