"""How well confidence tells digits from what is none."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.network import Network
from trainer.augmentation.non_digits.unseen import unseen_non_digits
from trainer.learning.evaluate import confidence
from trainer.learning.predictions import Predictions

_SURE = 0.9


@dataclass(frozen=True)
class Honesty:
    """How sure a network is of digits, and of pictures that show none.

    Attributes:
        auroc: how often a digit is the surer of the two, 0 to 1.
        over_0_9: the share of the non-digits with a confidence over 0.9.
        digits_over_0_9: the share of the digits that are right and over 0.9.
        rows: how many non-digits; no network learns from them.
    """

    auroc: float
    over_0_9: float
    digits_over_0_9: float
    rows: int

    def to_dict(self) -> dict[str, Any]:
        """What the metadata says of it."""
        return asdict(self)


def honesty(network: Network, known: Predictions, temperature: float | None) -> Honesty:
    """Hold its confidence in digits against that in the pictures of unseen.py.

    known: of the digits. temperature: as theirs.
    """
    strange = network.logits(unseen_non_digits())
    unsure = confidence(strange, temperature or 1.0)
    return Honesty(
        auroc=auroc(known.confidence, unsure),
        over_0_9=float((unsure > _SURE).mean()),
        digits_over_0_9=float((known.right & (known.confidence > _SURE)).mean()),
        rows=len(unsure),
    )


def auroc(higher: NDArray[np.float64], lower: NDArray[np.float64]) -> float:
    """The chance that one of `higher` is above one of `lower`; ties count half."""
    ordered = np.sort(lower)
    below = np.searchsorted(ordered, higher, "left")
    up_to = np.searchsorted(ordered, higher, "right")
    return float((below + up_to).mean() / 2 / len(ordered))
