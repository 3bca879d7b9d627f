"""Making a training ready to run, from its start to before its first update."""

from model_store.files.arrays import Refused, refusing_damage
from trainer.data.dataset import check_labels, hold_out
from trainer.data.source import Digits
from trainer.learning.sgd import warm_up
from trainer.training.budget import Budget
from trainer.training.checkpoint import BrokenCheckpoint, Checkpoint
from trainer.training.fit import Fit, Phases
from trainer.training.gain import GainRule
from trainer.training.progress import Reporter
from trainer.training.start import Start
from trainer.training.state import TrainingState
from trainer.training.training import Training


def prepare(
    start: Start, digits: Digits, phases: Phases, reporter: Reporter, threads: int
) -> Training:
    """Do all that comes before the first update, compiling included.

    Raises OneDigit, TooFewRows, BrokenCheckpoint.
    """
    check_labels(digits.train, reporter.say)
    settings, limits, checkpoint = start.settings, start.limits, start.checkpoint
    training, validation = digits.train, None
    if settings.holds_out:
        training, validation = hold_out(digits.train)
    if len(digits.corrected.learnt):
        training = training.followed_by(digits.corrected.learnt)
    rows = settings.epochs * len(training)
    with phases.warm_up:
        state = TrainingState.begin(settings, len(training))
        warm_up(settings)
    rows_done, seconds = 0, 0.0
    if checkpoint:
        rows_done, seconds = checkpoint.rows_done, checkpoint.seconds
        try:
            with refusing_damage():
                state.restore(checkpoint.state, checkpoint.arrays)
                phases.add(checkpoint.spent)
        except Refused as error:
            raise BrokenCheckpoint(checkpoint.path, str(error)) from None
    budget = Budget.begin(rows, limits, lambda: phases.fit.joules, rows_done, seconds)
    gain = GainRule(limits.min_gain_per_joule)
    fit = Fit(training, validation, settings, budget, gain, phases, reporter, threads)
    reporter.say(_what_starts(fit, digits, checkpoint))
    return Training(start, fit, state)


def _what_starts(fit: Fit, digits: Digits, checkpoint: Checkpoint | None) -> str:
    settings, training = fit.settings, fit.training
    source = "the embedded set" if digits.embedded else digits.train.file
    held_out = f", {len(fit.validation)} held out" if fit.validation else ""
    begins = f"going on from {checkpoint.path} with" if checkpoint else "training"
    return (
        f"{begins} {[784, *settings.hidden, 10]} ({settings}) on"
        f" {len(training):,} rows of {source}{held_out};"
        f" test: {len(digits.test):,} rows of {digits.test.file}"
    )
