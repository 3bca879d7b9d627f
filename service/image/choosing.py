"""Which candidate is the digit: the one that the network takes for one most."""

import math
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.image.candidates import Candidate, candidates
from service.image.digit_form import to_mnist
from service.image.page.binarisation import Binarisation
from service.image.page.morphology import Box

Pixels = NDArray[np.uint8]
# From (n, 784) pixels to the probabilities (n, 10) of the labels.
Score = Callable[[Pixels], NDArray[np.floating]]

# No second look is needed at what is as certain as this.
CERTAIN: Final = 0.9
# A network that learnt what is no digit gives that a tenth, and a little more.
CHANCE: Final = 0.1
LEAST: Final = 0.005
# How much the network counts, by size and place.
TRUST: Final = 2.0
# Another candidate as likely and as tall as this, beside the chosen one, is a second
# digit.
LIKELY: Final = 0.6
ALIKE: Final = 0.5


class Choice(NamedTuple):
    """A candidate in MNIST's form, (784,), and what the network says of it.

    probability: of its label; certainty: by what that is lowered for the ink that is
    left out, 0 to 1; score: by which candidates are compared.
    """

    candidate: Candidate
    pixels: Pixels
    probability: float
    certainty: float
    score: float
    rivals: int = 0

    @property
    def confidence(self) -> float:
        """How likely the label is right."""
        return self.probability * self.certainty


def choose(rounds: Iterable[list[Binarisation]], score: Score) -> Choice | None:
    """Return the best candidate of the pages; None if there is none at all.

    The pages come in rounds, and no more of them once a candidate is certain.
    """
    best: Choice | None = None
    seen: list[Choice] = []
    beside_best: list[Choice] = []
    for pages in rounds:
        for page in pages:
            choices = _scored(candidates(page), score)
            seen += choices
            top = _top(choices)
            if top and (best is None or top.score > best.score):
                best, beside_best = top, seen.copy()
        if best and best.confidence > CERTAIN:
            break
    return best and best._replace(rivals=_rivals(best, beside_best))


def _top(choices: list[Choice]) -> Choice | None:
    """Return the best choice that stands out from its paper."""
    for choice in sorted(choices, key=lambda choice: -choice.score):
        candidate = choice.candidate
        likely = candidate.page.prior == 0 and choice.confidence > CERTAIN
        if likely or candidate.page.stands_out(candidate.parts, candidate.box):
            return choice
    return None


def _scored(offered: list[Candidate], score: Score) -> list[Choice]:
    if not offered:
        return []
    pixels = np.stack([to_mnist(c.page.ink_of(c.parts, c.box)) for c in offered])
    likelihoods = score(pixels).max(axis=1).tolist()
    return [
        Choice(
            candidate,
            row,
            p,
            float(np.exp(candidate.doubt)),
            TRUST * log_likelihood(p) + candidate.prior + candidate.doubt,
        )
        for candidate, row, p in zip(offered, pixels, likelihoods, strict=True)
    ]


def log_likelihood(probability: float) -> float:
    """Return the logarithm of how likely a sign is a digit, by its label's share."""
    above_chance = max(probability - CHANCE, 0) / (1 - CHANCE)
    return math.log(above_chance + LEAST)


def _rivals(top: Choice, choices: list[Choice]) -> int:
    """Count what else on the page the network takes for a digit of like height."""
    box = top.candidate.box
    rivals: list[Box] = []
    for choice in sorted(choices, key=lambda choice: -choice.score):
        other = choice.candidate.box
        alike = ALIKE * box.height < other.height < box.height / ALIKE
        apart = all(_apart(other, seen) for seen in (box, *rivals))
        if choice.probability > LIKELY and alike and apart:
            rivals.append(other)
    return len(rivals)


def _apart(box: Box, other: Box) -> bool:
    beside = box.right <= other.left or other.right <= box.left
    return beside or box.bottom <= other.top or other.bottom <= box.top
