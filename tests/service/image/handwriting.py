"""Handwritten digits laid on pages: kinds of pictures take a random generator.

Each kind gives a PNG and what stands in it: the digits, from left to right, or "" where
there is none.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.service.image.pictures import encode
from tests.service.image.strokes import Ink

Kind = Callable[[np.random.Generator], tuple[bytes, str]]

SHARPER = 3.0


class Handwriting(NamedTuple):
    """Handwritten digits: pixels (n, 28, 28) uint8 and their labels (n,)."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def digit(self, rng: np.random.Generator, length: float) -> tuple[Ink, str]:
        """Return the crisp ink of one of them, enlarged, and its label."""
        at = int(rng.integers(len(self.labels)))
        small = Image.fromarray(self.pixels[at])
        small = small.crop(small.getbbox())
        size = [max(1, round(side * length / 20)) for side in small.size]
        large = np.asarray(small.resize((size[0], size[1]), Image.Resampling.BICUBIC))
        ink = np.clip((large / 255 - 0.5) * SHARPER + 0.5, 0, 1)
        return ink, str(self.labels[at])


def on_paper(rng: np.random.Generator, ink: Ink) -> bytes:
    """Lay the ink (h, w) on paper of some shade, with a little noise."""
    paper, dark = rng.integers(225, 256), rng.integers(0, 70)
    grey = (
        paper + (dark - paper) * ink + rng.normal(0, rng.choice([0, 1, 3]), ink.shape)
    )
    return encode(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)), "PNG")


def put(page: Ink, ink: Ink, top: float, left: float) -> None:
    """Lay the ink on the page, which holds it."""
    here = page[int(top) :, int(left) :][: ink.shape[0], : ink.shape[1]]
    np.maximum(here, ink[: here.shape[0], : here.shape[1]], out=here)
