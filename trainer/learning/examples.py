"""What a network learns from in an epoch: digits, and pictures that are no digit."""

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from model_store.network import Floats
from trainer.augmentation.distort import distort
from trainer.augmentation.glyphs import FONTS, draw_digits
from trainer.augmentation.mnist_form import to_mnist_form
from trainer.augmentation.non_digits.mix import NonDigits, handwritten, non_digits_from
from trainer.augmentation.non_digits.neighbours import cut_out
from trainer.augmentation.rewrite import rewrite
from trainer.data.dataset import Dataset, one_hot
from trainer.learning.evaluate import NO_PICTURES
from trainer.learning.settings import Settings

NO_DIGIT: Final = 255  # the label of a picture whose target is the same for all digits
_TYPED: Final = 0.05  # typed digits, as a share of the digits
_BY_HAND: Final = 10  # copies of each typed digit as hands would write it
_FORMED: Final = 0.2  # of the digits, brought to MNIST's form once more ...
_CUT_OUT: Final = 0.6  # ... so many of these out of a number
# An epoch takes its non-digits from a pool of so many blocks, two of them new.
_BLOCKS: Final = 32
_NEW_BLOCKS: Final = 2

Labelled = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # (n, 784) pixels, (n,) labels
Map = Callable[[Callable[..., Any], Iterable[Any]], Iterable[Any]]


class Plain:
    """The training rows as they are."""

    def __init__(self, rows: Dataset, settings: Settings) -> None:
        self.rows, self.settings = rows, settings

    def begin_epoch(self, epoch: int, at_once: Map = map) -> None:
        """Nothing is new in an epoch."""

    def draw(self, chosen: NDArray[np.intp], rng: np.random.Generator) -> Labelled:
        """The chosen rows."""
        return self.rows.pixels[chosen], self.rows.labels[chosen]


class Changed:
    """Changed copies of the training rows, typed digits, and pictures of no digit.

    All of it follows from the settings' seed, the epoch and the generators, so that a
    run that goes on from a checkpoint draws the same.
    """

    def __init__(self, rows: Dataset, settings: Settings) -> None:
        self.rows, self.settings = rows, settings
        self._blocks: dict[int, NDArray[np.uint8]] = {}
        self.pool = np.zeros((0, 784), np.uint8)

    def begin_epoch(self, epoch: int, at_once: Map = map) -> None:
        """Bring the pool of non-digits to an epoch, counted from 0.

        at_once: a map that may draw several blocks at the same time.
        """
        first = _NEW_BLOCKS * epoch
        wanted = range(first, first + _BLOCKS) if self.settings.non_digits else ()
        kept = {i: self._blocks[i] for i in wanted if i in self._blocks}
        new = [i for i in wanted if i not in kept]
        self._blocks = kept | dict(zip(new, at_once(self._block, new), strict=True))
        if new:
            self.pool = np.concatenate([*self._blocks.values()])

    def draw(self, chosen: NDArray[np.intp], rng: np.random.Generator) -> Labelled:
        """New copies of the chosen rows, then what else there is to learn from."""
        labels = self.rows.labels[chosen]
        copies = self._copies(self._digits[chosen], labels, rng)
        if not self.settings.non_digits:
            return copies, labels
        typed_pixels, typed_labels = _typed(self.settings.seed)
        typed = rng.integers(0, len(typed_labels), _share(_TYPED, len(chosen)))
        share = self.settings.non_digits / 100
        others = rng.integers(0, len(self.pool), _share(share, len(chosen)))
        more = np.concatenate([typed_pixels[typed], self.pool[others]])
        more_labels = np.full(len(more), NO_DIGIT, np.uint8)
        more_labels[: len(typed)] = typed_labels[typed]
        more = distort(more, more_labels, rng)
        return np.concatenate([copies, more]), np.concatenate([labels, more_labels])

    def _copies(
        self,
        pixels: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> NDArray[np.uint8]:
        if self.settings.copies == "rewritten":
            return rewrite(pixels, labels, rng)
        return distort(pixels, labels, rng)

    def _block(self, number: int) -> NDArray[np.uint8]:
        """Half of the non-digits that are new in an epoch."""
        rows = len(self.rows) * self.settings.non_digits // 2000 + 1
        rng = np.random.default_rng((self.settings.seed, number))
        return self._non_digits.draw(rows, rng)

    @cached_property
    def _digits(self) -> NDArray[np.uint8]:
        """The training rows, some of them in the form that the service would read."""
        pixels = self.rows.pixels
        if not self.settings.non_digits:
            return pixels
        rng = np.random.default_rng(self.settings.seed)
        formed = np.flatnonzero(rng.random(len(pixels)) < _FORMED)
        cut, whole = np.split(formed, [int(_CUT_OUT * len(formed))])
        beside = pixels[rng.integers(0, len(pixels), len(cut))]
        changed = pixels.copy()
        changed[cut] = to_mnist_form(cut_out(pixels[cut], beside, rng))
        changed[whole] = to_mnist_form(pixels[whole].reshape(-1, 28, 28))
        return changed

    @cached_property
    def _non_digits(self) -> NonDigits:
        return non_digits_from(self.rows.pixels, self.rows.labels)


@lru_cache(maxsize=1)  # a run's warm-up and its epochs want the same
def _typed(seed: int) -> Labelled:
    """Typed digits, and more of them as hands would write them."""
    pixels, labels = draw_digits(FONTS)
    copied = np.repeat(np.arange(len(labels)), _BY_HAND)
    by_hand = handwritten(pixels[copied], np.random.default_rng(seed))
    return np.concatenate([pixels, by_hand]), labels[[*range(len(labels)), *copied]]


Examples = Plain | Changed


def examples_of(rows: Dataset, settings: Settings) -> Examples:
    """What a run with these settings learns from."""
    return Changed(rows, settings) if settings.augment else Plain(rows, settings)


def held_out_non_digits(rows: Dataset, settings: Settings) -> NDArray[np.uint8]:
    """Non-digits to calibrate on, from held-out rows: a tenth as many, (n, 784).

    (0, 784) for a network that learns from none.
    """
    if not (settings.augment and settings.non_digits):
        return NO_PICTURES
    rng = np.random.default_rng(settings.seed)
    return non_digits_from(rows.pixels, rows.labels).draw(len(rows) // 10, rng)


def targets(labels: NDArray[np.uint8], dtype: np.dtype[Any]) -> Floats:
    """One-hot for a digit, 0.1 for each where there is none: (n, 10)."""
    uniform: Floats = np.full((len(labels), 10), 0.1, dtype)
    known = labels != NO_DIGIT
    uniform[known] = one_hot(labels[known], dtype)
    return uniform


def _share(share: float, rows: int) -> int:
    return round(share * rows)
