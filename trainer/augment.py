"""Distorted copies of digits, so that a network learns the digit and not its pixels.

Random affine maps as in Simard, Steinkraus and Platt 2003: a little rotation, slant,
scale and shift.
"""

import numpy as np
from numpy.typing import NDArray

_ROTATION = np.radians(12)
_SLANT = 0.25
_LOG_SCALE = 0.12
_SHIFT_PIXELS = 1.5


def distort(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.float32]:
    """Each row of (n, 784) pixels moved by an affine map of its own, bilinearly.

    Returns (n, 784) float32, 0-255.
    """
    matrices, shifts = _maps(len(pixels), rng)
    grid = np.indices((28, 28), np.float32).reshape(2, 784) - 13.5
    source = matrices @ grid + (13.5 + shifts)[:, :, None]
    return _sample(pixels.reshape(-1, 28, 28), source)


def _maps(
    n: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n, 2, 2) matrices from target to source, rows first, and (n, 2) shifts."""
    angle = rng.uniform(-_ROTATION, _ROTATION, n)
    slant = rng.uniform(-_SLANT, _SLANT, n)
    height, width = np.exp(rng.uniform(-_LOG_SCALE, _LOG_SCALE, (2, n)))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    lean = np.array([[height, 0 * height], [slant, width]])
    matrices = np.einsum("ijn,jkn->nik", turn, lean)
    shifts = rng.uniform(-_SHIFT_PIXELS, _SHIFT_PIXELS, (n, 2))
    return matrices.astype(np.float32), shifts.astype(np.float32)


def _sample(
    images: NDArray[np.uint8], source: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The images' grey levels at fractional places (n, 2, 784); 0 outside."""
    padded = np.zeros((len(images), 30, 30), np.float32)
    padded[:, 1:-1, 1:-1] = images
    place = np.clip(source + 1, 0, 28.999)
    whole = place.astype(np.intp)
    row_part, column_part = (place - whole.astype(np.float32)).transpose(1, 0, 2)
    first = whole[:, 0] * 30 + whole[:, 1] + np.arange(len(images))[:, None] * 900
    flat = padded.ravel()
    upper = flat[first] * (1 - column_part) + flat[first + 1] * column_part
    lower = flat[first + 30] * (1 - column_part) + flat[first + 31] * column_part
    distorted: NDArray[np.float32] = upper * (1 - row_part) + lower * row_part
    return distorted
