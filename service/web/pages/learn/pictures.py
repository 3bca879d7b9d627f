"""Numbers as pictures: orange is plus, blue is minus."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_store.network import Floats
from service.image import data_url
from service.serving.saliency import AGAINST, FOR

COLUMNS: Final = 25  # of a grid that shows a layer
_NEUTRAL = (247, 247, 244)


def grid(values: Floats, scale: float) -> str:
    """A square for each node of a layer; what is beyond the last node is neutral."""
    rows = -(-len(values) // COLUMNS)
    padded = np.zeros(rows * COLUMNS)
    padded[: len(values)] = values
    return signed(padded.reshape(rows, COLUMNS), scale)


def square(values: Floats, scale: float) -> str:
    """What belongs to the nodes of a layer: as the picture, if it has its form."""
    side = int(np.sqrt(len(values)))
    if side * side == len(values):
        return signed(values.reshape(side, side), scale)
    return grid(values, scale)


def signed(values: Floats, scale: float) -> str:
    """A pixel for each of (rows, columns); the strongest colour stands for `scale`."""
    strength = np.clip(values / max(scale, 1e-12), -1, 1)[..., np.newaxis]
    full = np.where(strength > 0, FOR, AGAINST)
    mixed = _NEUTRAL + np.abs(strength) * (full - np.array(_NEUTRAL))
    pixels: NDArray[np.uint8] = mixed.astype(np.uint8)
    return data_url(Image.fromarray(pixels))
