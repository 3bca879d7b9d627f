"""When to stop: once another epoch buys too little accuracy for its joules."""

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.training.epoch_report import EpochReport

OPTION = "min_gain_per_joule"
OVER_EPOCHS = 5


@dataclass(frozen=True)
class GainRule:
    """The least accuracy on the held-out rows that a joule must buy; None: no rule.

    The gain is how far the best accuracy of the last OVER_EPOCHS epochs lies above the
    best of all before them, so that one epoch that happens to be bad ends nothing. It
    is divided by the joules of those epochs.
    """

    min_gain_per_joule: float | None

    def ends(self, reports: Sequence[EpochReport]) -> bool:
        """Whether to stop after these epochs, although there are more to come."""
        if self.min_gain_per_joule is None or len(reports) <= OVER_EPOCHS:
            return False
        gained = _gain_per_joule(reports)
        more = reports[-1].epoch < reports[-1].epochs
        return more and gained is not None and gained < self.min_gain_per_joule


def _gain_per_joule(reports: Sequence[EpochReport]) -> float | None:
    """None while the joules or the accuracies are not known."""
    earlier, recent = reports[:-OVER_EPOCHS], reports[-OVER_EPOCHS:]
    begin, end = earlier[-1].joules, recent[-1].joules
    if begin is None or end is None or end <= begin:
        return None
    before, after = _best(earlier), _best(recent)
    return None if before is None or after is None else (after - before) / (end - begin)


def _best(reports: Sequence[EpochReport]) -> float | None:
    accuracies = [report.validation_accuracy for report in reports]
    return max((a for a in accuracies if a is not None), default=None)
