"""What the command line asks of a run."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer.data.choice import DataChoice
from trainer.errors import BoundUnknown
from trainer.occasion import BY_HAND, Occasion


@dataclass(frozen=True)
class Limits:
    """What ends a run before its last epoch; None: nothing of the kind.

    Attributes:
        max_seconds, max_joules: the budget.
        min_gain_per_joule: the accuracy on held-out rows that a joule must buy.
    """

    max_seconds: float | None = None
    max_joules: float | None = None
    min_gain_per_joule: float | None = None

    def refuse_unmeasured(self, energy_source: str | None) -> None:
        """Raises BoundUnknown for a limit on joules that nothing measures."""
        for option, limit in (
            ("--max-joules", self.max_joules),
            ("--min-gain-per-joule", self.min_gain_per_joule),
        ):
            if limit is not None and energy_source is None:
                raise BoundUnknown(option, "an energy source, and there is none")


@dataclass(frozen=True)
class Request:
    """A run to be done.

    Attributes:
        choice: which digits to train on, and to test with.
        changes: the preset's settings that the user changed.
        seed: None for a fresh one, which the metadata records.
        gated: False publishes without comparing.
        plots: a directory to copy the report into, or None.
        resumed: go on from a checkpoint if there is one.
        keeps_checkpoint: False writes none when the run is stopped.
        occasion: whether it is to be done, and may publish.
    """

    choice: DataChoice
    preset: str
    changes: dict[str, Any]
    seed: int | None = None
    limits: Limits = field(default_factory=Limits)
    gated: bool = True
    plots: Path | None = None
    resumed: bool = False
    keeps_checkpoint: bool = True
    occasion: Occasion = BY_HAND
