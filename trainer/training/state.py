"""How far a fit is: everything that decides how it goes on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_store.files.arrays import Refused, refusing_damage
from trainer.learning.first_weights import initial_network
from trainer.learning.settings import Settings
from trainer.learning.sgd import Descent
from trainer.training.epoch_report import EpochReport


def _no_rows() -> NDArray[np.intp]:
    return np.zeros(0, np.intp)


@dataclass
class TrainingState:
    """Where a fit stands between two batches.

    Attributes:
        descent: the network, and the velocities of its momentum.
        rng: draws the order of each epoch, and the distortions.
        rows: how many training rows there are.
        reports: one for each epoch that is over.
        left: the rows that the epoch under way still has to train on, in their order;
            none between two epochs.
    """

    descent: Descent
    rng: np.random.Generator
    rows: int
    reports: list[EpochReport] = field(default_factory=list)
    left: NDArray[np.intp] = field(default_factory=_no_rows)

    @classmethod
    def begin(cls, settings: Settings, rows: int) -> "TrainingState":
        """The start of a fit, as the settings' seed makes it."""
        rng = np.random.default_rng(settings.seed)
        network = initial_network(settings, rng)
        descent = Descent(network, settings.momentum, settings.weight_decay)
        return cls(descent, rng, rows)

    def begin_epoch(self) -> None:
        """Draw an order, unless an epoch is under way."""
        if not len(self.left):
            self.left = self.rng.permutation(self.rows)

    def end_epoch(self, report: EpochReport) -> None:
        """Also of an epoch that the budget cut short."""
        self.reports.append(report)
        self.left = _no_rows()

    def to_dict(self) -> dict[str, Any]:
        """What is no array, for JSON; a float's text there is exact."""
        return {
            "rng": self.rng.bit_generator.state,
            "reports": [asdict(report) for report in self.reports],
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays themselves: W1 ... b1 ..., their velocities vW1 ..., and left."""
        layers = range(1, len(self.descent.network.weights) + 1)
        names = [f"{kind}{i}" for kind in ("W", "b") for i in layers]
        velocities = [f"v{name}" for name in names]
        return {
            **dict(zip(names, self.descent.parameters, strict=True)),
            **dict(zip(velocities, self.descent.velocities, strict=True)),
            "left": self.left,
        }

    def restore(
        self, document: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        """Go to the state that these were taken from. Raises Refused."""
        ours = self.arrays()
        if unknown := sorted(set(arrays) ^ set(ours)):
            raise Refused(f"it lacks or should not hold {', '.join(unknown[:5])}")
        self.left = self._checked_rows(arrays["left"])
        del ours["left"]
        for name, array in ours.items():
            if (arrays[name].shape, arrays[name].dtype) != (array.shape, array.dtype):
                raise Refused(f"{name} is {arrays[name].shape}, not {array.shape}")
            np.copyto(array, arrays[name])
        with refusing_damage():
            self.rng.bit_generator.state = document["rng"]
            self.reports = [EpochReport(**report) for report in document["reports"]]

    def _checked_rows(self, left: NDArray[Any]) -> NDArray[np.intp]:
        """Compiled loops take row numbers at their word."""
        once = np.unique(left)
        in_range = not len(once) or (once[0] >= 0 and once[-1] < self.rows)
        if left.dtype != np.intp or left.shape != once.shape or not in_range:
            raise Refused(f"left does not hold some of {self.rows} rows")
        return left.copy()
