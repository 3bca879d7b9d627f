"""What a scheduler is doing now, as its threads tell each other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from trainer.training.epoch_report import EpochReport

STUCK_AFTER_S = 180.0


@dataclass
class Status:
    """Written by the loop and its heartbeat, read by the HTTP server.

    Attributes:
        ticked: when the loop or the heartbeat last did something.
        next_due: the next moment of the schedule.
        fault: why nothing can be trained now; "" if it can.
        holds_lease: whether this scheduler is the one that trains.
        leases_lost: how often another one took over.
        running: the id of the run under way.
        epoch: how it stands.
    """

    ticked: datetime
    next_due: datetime | None = None
    fault: str = ""
    holds_lease: bool = False
    leases_lost: int = 0
    running: int | None = None
    epoch: EpochReport | None = None
    lost: threading.Event = field(default_factory=threading.Event)

    def is_alive(self, now: datetime) -> bool:
        """Whether it ticked lately; a clock that was set back is no fault of it."""
        return (now - self.ticked).total_seconds() < STUCK_AFTER_S


def beating(
    beat: Callable[[], None], interval_s: float, stop: threading.Event
) -> threading.Thread:
    """A thread that calls `beat` every so many seconds until `stop` is set."""

    def run() -> None:
        while not stop.wait(interval_s):
            beat()

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    return thread
