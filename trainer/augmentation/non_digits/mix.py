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
from trainer.augmentation.non_digits import drawings, fragments
from trainer.augmentation.non_digits.fragments import Digits
from trainer.augmentation.rewrite import AugmentationParameters, rewrite

LETTERS: Final = 38  # of 134, as are these
DRAWINGS: Final = {
    drawings.draw_scribbles: 12,
    drawings.draw_stars: 4,
    drawings.draw_hatching: 3,
    drawings.draw_bars: 2,
    drawings.draw_polygons: 5,
    drawings.draw_blobs: 4,
    drawings.draw_rings: 3,
    drawings.draw_noise: 3,
}
FRAGMENTS: Final = {
    fragments.draw_numbers: 15,
    fragments.draw_neighbours: 14,
    fragments.draw_halves: 7,
    fragments.draw_holes: 3,
    fragments.draw_lined: 11,
    fragments.draw_boxed: 10,
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
        letters = handwritten(self.letters, written, rng)
        return np.concatenate([letters, to_mnist_form(np.concatenate(canvases))])


def handwritten(
    letters: NDArray[np.uint8], n: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Some of the (m, 784) letters as hands would write them, in MNIST's form."""
    typed = letters[rng.integers(0, len(letters), n)]
    copies = rewrite(typed, np.zeros(n, np.uint8), rng, _HANDS)
    return to_mnist_form(copies.reshape(n, 28, 28))


def non_digits_from(pixels: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NonDigits:
    """From these digits, (n, 784) and (n,), and from the fonts for training."""
    return NonDigits(Digits(pixels, labels), draw_letters(FONTS))
