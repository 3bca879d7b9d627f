"""How a run stands after an epoch: its cost, its accuracy, its joules."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochReport:
    """How a run stands after an epoch.

    Attributes:
        epoch, epochs: the one that ended, of how many.
        cost: the loss summed over the training rows.
        validation_accuracy: on the held-out rows, None without any.
        samples_per_second: in this epoch, updates and augmentation only.
        joules: of the fit so far, None without an energy source.
        seconds_left: estimated from the run so far.
    """

    epoch: int
    epochs: int
    cost: float
    validation_accuracy: float | None
    samples_per_second: float
    joules: float | None
    seconds_left: float

    def __str__(self) -> str:
        parts = [
            f"epoch {self.epoch}/{self.epochs}",
            f"cost {self.cost:.5g}",
            f"{self.samples_per_second:,.0f} samples/s",
            f"{self.seconds_left:.0f} s left",
        ]
        if self.validation_accuracy is not None:
            parts.insert(2, f"validation accuracy {self.validation_accuracy:.4f}")
        if self.joules is not None:
            parts.insert(-1, f"{self.joules:.1f} J")
        return ", ".join(parts)
