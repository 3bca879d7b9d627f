"""What the command line asks of a run."""

from dataclasses import dataclass
from typing import Any

from trainer.data.source import DataChoice


@dataclass(frozen=True)
class Request:
    """A run to be done.

    Attributes:
        changes: the preset's settings that the user changed.
        seed: None for a fresh one, which the metadata records.
        max_seconds, max_joules: the budget, None for no bound.
        min_gain_per_joule: the accuracy that a joule must buy, None for no bound.
        gated: False publishes without comparing.
        reported: False draws no report, which takes seconds.
        resumed: go on from a checkpoint if there is one.
        keeps_checkpoint: False writes none when the run is stopped.
    """

    choice: DataChoice
    preset: str
    changes: dict[str, Any]
    seed: int | None = None
    max_seconds: float | None = None
    max_joules: float | None = None
    min_gain_per_joule: float | None = None
    gated: bool = True
    reported: bool = True
    resumed: bool = False
    keeps_checkpoint: bool = True
