"""What lies on a photographed page beside the digit: frames, page edges, the table."""

import numpy as np
from numpy.typing import NDArray

from service.components import Components

Shares = NDArray[np.float64]

# A strip of table lies along a whole side; a digit cut too tightly does not.
WHOLE_SIDE = 0.9
# A frame spans the page and has hardly any ink away from its own four sides.
SPAN = 0.85
INNER_INK = 0.1
# A line of ruled paper runs through the page and is far thinner than long.
RULE = 0.15


def furniture(parts: Components) -> NDArray[np.bool_]:
    """Say which parts are frames, page edges and strips of the table."""
    height, width = parts.shape
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    spans = (tall > SPAN * height) & (wide > SPAN * width)
    across = (parts.left == 0) & (parts.right == width) & (tall < RULE * width)
    down = (parts.top == 0) & (parts.bottom == height) & (wide < RULE * height)
    strips = along_border(parts) > WHOLE_SIDE
    return strips | across | down | (spans & (_inner_share(parts) < INNER_INK))


def along_border(parts: Components) -> Shares:
    """Return which share of a side of the picture each part lies along, at most."""
    height, width = parts.shape
    stride, lengths = width + 1, parts.ends - parts.starts
    first = parts.starts < stride
    last = parts.starts >= (height - 1) * stride
    left, right = parts.starts % stride == 0, parts.ends % stride == width
    sides = (
        _sums(parts, first * lengths) / width,
        _sums(parts, last * lengths) / width,
        _sums(parts, left) / height,
        _sums(parts, right) / height,
    )
    return np.maximum.reduce(sides)


def leaning(parts: Components) -> Shares:
    """Return how much of its own length each part lies along the border, 0 to 1."""
    height, width = parts.shape
    tall, wide = parts.bottom - parts.top, parts.right - parts.left
    return np.minimum(
        along_border(parts) * max(height, width) / np.maximum(tall, wide), 1
    )


def _inner_share(parts: Components) -> Shares:
    """Return which share of each part's area lies away from its box's sides."""
    height, width = parts.shape
    band = 0.06 * min(height, width)
    rows, middle = parts.starts // (width + 1), parts.starts % (width + 1)
    lengths = parts.ends - parts.starts
    middle = middle + lengths / 2
    inner = (
        (rows > parts.top[parts.owner] + band)
        & (rows < parts.bottom[parts.owner] - band)
        & (middle > parts.left[parts.owner] + band)
        & (middle < parts.right[parts.owner] - band)
    )
    return _sums(parts, inner * lengths) / np.maximum(parts.area, 1)


def _sums(parts: Components, weights: NDArray[np.generic]) -> Shares:
    return np.bincount(parts.owner, weights=weights, minlength=len(parts)).astype(float)
