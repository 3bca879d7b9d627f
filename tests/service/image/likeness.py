"""A stand-in for a network that learnt what is no digit: likeness to plain drawings."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.image.digit_form import to_mnist
from tests.service.image.strokes import draw

Floats = NDArray[np.floating[Any]]

# From no digit at all to one for certain, as cosines.
_UNLIKE = 0.55
_ALIKE = 0.8
_SHARPNESS = 30


@cache
def plain_forms() -> Floats:
    """The ten digits as drawn with several pens: (pens, 10, 784), each of length 1."""
    forms = [
        [to_mnist((255 * draw(d, 180, pen)).astype(np.uint8)) for d in range(10)]
        for pen in (8, 20, 36)
    ]
    return _unit(np.array(forms))


def likeness(pixels: NDArray[np.uint8]) -> Floats:
    """The probabilities (n, 10) of the labels for pixels (n, 784)."""
    cosines = (_unit(pixels) @ plain_forms().swapaxes(1, 2)).max(axis=0)
    shares = np.exp(_SHARPNESS * cosines)
    shares /= shares.sum(axis=1, keepdims=True)
    best = cosines.max(axis=1, keepdims=True)
    sure = np.clip((best - _UNLIKE) / (_ALIKE - _UNLIKE), 0, 1)
    likely: Floats = 0.1 + sure * (shares - 0.1)
    return likely


def _unit(pixels: NDArray[np.uint8]) -> Floats:
    lengths: Floats = np.linalg.norm(pixels, axis=-1, keepdims=True)
    unit: Floats = pixels / np.maximum(lengths, 1)
    return unit
