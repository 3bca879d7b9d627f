"""A training that does not end leaves a checkpoint to go on from."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from model_store import StoreUnavailable
from trainer.training.checkpoint import Checkpoint, Checkpoints
from trainer.training.signals import StopFlag, Stopped, signals_deferred
from trainer.training.training import Training

Say = Callable[[str], None]


@contextlib.contextmanager
def kept_if_unfinished(
    training: Training, checkpoints: Checkpoints | None, say: Say
) -> Iterator[StopFlag]:
    """A signal, or a store that cannot be written, leaves a checkpoint of the training.

    Signals in the block only set the flag. At its end the checkpoint that the training
    came from is removed: nobody needs it any more. checkpoints: None leaves none.
    """
    with signals_deferred() as stop:
        try:
            yield stop
        except (Stopped, StoreUnavailable) as end:
            if checkpoints:
                what = "stopped" if isinstance(end, Stopped) else "not published"
                _keep(training.checkpoint(), checkpoints, say, what)
            raise
        if checkpoints and training.start.checkpoint:
            _forget(training.start.checkpoint, checkpoints, say)


def _keep(
    checkpoint: Checkpoint, checkpoints: Checkpoints, say: Say, what: str
) -> None:
    try:
        path = checkpoints.save(checkpoint, datetime.now(UTC))
    except StoreUnavailable as error:
        say(f"{what}; no checkpoint could be written: {error}")
    else:
        say(f"{what}; the same command with --resume goes on from {path}")


def _forget(checkpoint: Checkpoint, checkpoints: Checkpoints, say: Say) -> None:
    try:
        checkpoints.remove(checkpoint.path)
    except StoreUnavailable as error:
        say(f"the checkpoint could not be removed: {error}")
