"""Which candidate is the digit: the one that the network takes for one most."""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.image.candidates import Candidate, candidates
from service.image.digit_form import to_mnist, upright
from service.image.page.binarisation import Binarisation, binarisations
from service.image.page.morphology import Box, running_max

Pixels = NDArray[np.uint8]
# From (n, 784) pixels to the probabilities (n, 10) of the labels.
Score = Callable[[Pixels], NDArray[np.floating]]

# Finer than this on the long side, a page is not searched for one digit.
ENOUGH: Final = 512
# No second look is needed at what is as certain as this.
CERTAIN: Final = 0.9
# A network that learnt what is no digit gives that a tenth, and a little more.
CHANCE: Final = 0.1
LEAST: Final = 0.005
# How much the network counts, by size and place.
TRUST: Final = 2.0
# What speaks against a digit that must be made upright, as a logarithm.
LEANING: Final = -0.1
# Another candidate as likely and as tall as this, beside the chosen one, is a second
# digit.
LIKELY: Final = 0.6
ALIKE: Final = 0.5


# So much steeper than the paper is grainy is the outline of ink.
DISTINCT: Final = 3.0
# The light falls off less steeply than this, by the least ink of a stroke.
STEEP: Final = 0.4


class Choice(NamedTuple):
    """A candidate in MNIST's form, (784,), and what the network says of it.

    probability: of its label; certainty: by what that is lowered for the ink that is
    left out, 0 to 1; score: by which candidates are compared; several: whether there
    are other digits on its page.
    """

    candidate: Candidate
    pixels: Pixels
    probability: float
    certainty: float
    score: float
    several: bool = False

    @property
    def confidence(self) -> float:
        """How likely the label is right."""
        return self.probability * self.certainty

    @property
    def is_certain(self) -> bool:
        """Whether no other look is needed, as for something larger on its page."""
        parts = self.candidate.page.parts
        inside = (parts.top > 0) & (parts.bottom < parts.shape[0])
        tallest = parts.height[inside].max(initial=0)
        is_large = self.candidate.box.height > ALIKE * tallest
        return self.confidence > CERTAIN and is_large

    def stands_out(self) -> bool:
        """Say whether it is no grain or shadow of its paper."""
        likely = self.candidate.page.prior == 0 and self.confidence > CERTAIN
        return likely or _stands_out(self.candidate)


def choose(grey: Image.Image, score: Score) -> Choice | None:
    """Return the best candidate of a page (mode L); None if there is none at all.

    Page after page is looked at, in its binarisations, until a candidate is certain.
    """
    best: Choice | None = None
    seen: list[Choice] = []
    for page in binarisations(shrunk(grey, ENOUGH)):
        choices = _choices(page, score)
        seen += choices
        least = best.score if best else -math.inf
        better = (c for c in choices if c.score > least and c.stands_out())
        if top := next(better, None):
            best = top._replace(several=_several(top.candidate, seen))
        if best and best.is_certain:
            break
    return best


def shrunk(grey: Image.Image, longest: int) -> Image.Image:
    """Return the picture averaged down until its long side is no longer than that."""
    factor = -(-max(grey.size) // longest)
    return grey.reduce(factor) if factor > 1 else grey


def _choices(page: Binarisation, score: Score) -> list[Choice]:
    """Score a page's candidates, slanted ones also upright if none is certain.

    The best comes first.
    """
    offered = candidates(page)
    choices = _scored(offered, score)
    if all(choice.confidence < CERTAIN for choice in choices):
        choices += _scored(_upright(offered), score)
    return sorted(choices, key=lambda choice: -choice.score)


def _upright(offered: list[Candidate]) -> list[Candidate]:
    """Return what of the candidates is slanted, made upright."""
    inks = [(candidate, upright(candidate.ink)) for candidate in offered]
    return [
        candidate._replace(ink=ink, prior=candidate.prior + LEANING)
        for candidate, ink in inks
        if ink is not None
    ]


def _scored(offered: list[Candidate], score: Score) -> list[Choice]:
    if not offered:
        return []
    pixels = np.stack([to_mnist(candidate.ink) for candidate in offered])
    likelihoods = score(pixels).max(axis=1).tolist()
    return [
        Choice(
            candidate,
            row,
            p,
            math.exp(candidate.doubt),
            TRUST * log_likelihood(p) + candidate.prior + candidate.doubt,
        )
        for candidate, row, p in zip(offered, pixels, likelihoods, strict=True)
    ]


def _stands_out(candidate: Candidate) -> bool:
    """Say whether the outline of the ink is steeper than the paper's grain."""
    page, box = candidate.page, candidate.box
    around = box.grown(max(6, box.longest // 4), page.ink.shape)
    ink = around.of(page.ink)
    shape = page.parts.mask(candidate.parts, around).view(np.uint8)
    rim = running_max(shape, 3) > shape
    paper = running_max(shape, 7) == 0
    steps = running_max(ink, 5) - ~running_max(~ink, 5)
    if not rim.any():
        return False
    grain = float(np.median(steps[paper])) if paper.any() else 0.0
    least = max(DISTINCT * (grain + 2), STEEP * page.level)
    return float(np.median(steps[rim])) > least


def log_likelihood(probability: float) -> float:
    """Return the logarithm of how likely a sign is a digit, by its label's share."""
    above_chance = max(probability - CHANCE, 0) / (1 - CHANCE)
    return math.log(above_chance + LEAST)


def _several(top: Candidate, seen: list[Choice]) -> bool:
    """Say whether the network takes more on the page, of like height, for a digit.

    Not so what touches more sides of the page: it belongs to what lies beyond.
    """
    return any(
        choice.probability > LIKELY
        and choice.candidate.sides <= top.sides
        and _are_beside(choice.candidate.box, top.box)
        for choice in seen
    )


def _are_beside(box: Box, other: Box) -> bool:
    alike = ALIKE * box.height < other.height < box.height / ALIKE
    across = box.right <= other.left or other.right <= box.left
    return alike and (across or box.bottom <= other.top or other.bottom <= box.top)
