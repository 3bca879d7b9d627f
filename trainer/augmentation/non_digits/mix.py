"""Pictures that are no digit, for a network to learn where to be unsure.

With such pictures among its rows, and one target for all ten digits, a network's
confidence also tells digits from what is none (Hendrycks, Mazeika and Dietterich 2019,
"Deep anomaly detection with outlier exposure").
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation.glyphs import FONTS, draw_letters
from trainer.augmentation.mnist_form import to_mnist_form
from trainer.augmentation.non_digits import (
    clutter,
    drawings,
    figures,
    fragments,
    neighbours,
    rings,
)
from trainer.augmentation.non_digits.digits import Digits
from trainer.augmentation.rewrite import AugmentationParameters, rewrite

LETTERS: Final = 34  # of 167, as are these
DRAWINGS: Final = {
    figures.draw_figures: 16,
    drawings.draw_scribbles: 9,
    drawings.draw_tangles: 6,
    drawings.draw_doodles: 9,
    drawings.draw_stars: 3,
    drawings.draw_hatching: 3,
    drawings.draw_bars: 2,
    drawings.draw_polygons: 6,
    drawings.draw_blobs: 3,
    rings.draw_faces: 5,
    rings.draw_rings: 5,
    drawings.draw_noise: 2,
}
FRAGMENTS: Final = {
    neighbours.draw_numbers: 15,
    neighbours.draw_neighbours: 18,
    fragments.draw_sides: 6,
    fragments.draw_halves: 6,
    fragments.draw_holes: 2,
    clutter.draw_lined: 9,
    clutter.draw_boxed: 8,
}
# How hands would write a typed letter.
_HANDS: Final = AugmentationParameters(
    aspect=(0.7, 1.4),
    slant=(-0.35, 0.5),
    rotation=0.3,
    elastic=1.3,
    threshold=(0.3, 0.7),
    gain=(1.5, 6.0),
)


@dataclass(frozen=True)
class NonDigits:
    """Makes pictures that are no digit from letters and digits, and freely.

    Attributes:
        letters: (n, 784), see glyphs.py.
    """

    digits: Digits
    letters: NDArray[np.uint8]

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """New ones of every kind, in MNIST's form: (n, 784)."""
        weights = np.array([LETTERS, *DRAWINGS.values(), *FRAGMENTS.values()])
        written, *rest = rng.multinomial(n, weights / weights.sum())
        drawn, taken = rest[: len(DRAWINGS)], rest[len(DRAWINGS) :]
        canvases = [
            *(draw(m, rng) for draw, m in zip(DRAWINGS, drawn, strict=True)),
            *(
                draw(self.digits, m, rng)
                for draw, m in zip(FRAGMENTS, taken, strict=True)
            ),
        ]
        typed = self.letters[rng.integers(0, len(self.letters), written)]
        letters = handwritten(typed, rng)
        return np.concatenate([letters, to_mnist_form(np.concatenate(canvases))])


def handwritten(
    typed: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Typed letters or digits (n, 784) as hands would write them, in MNIST's form."""
    copies = rewrite(typed, np.zeros(len(typed), np.uint8), rng, _HANDS)
    return to_mnist_form(copies.reshape(-1, 28, 28))


def non_digits_from(pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NonDigits:
    """From these digits, (n, 784) and (n,), and from the fonts for training."""
    return NonDigits(Digits(pixels, labels), draw_letters(FONTS))
