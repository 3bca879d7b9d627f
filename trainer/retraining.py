"""What a schedule does at each of its moments: train, publish, prune."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from energy import EnergyError
from feedback.errors import FeedbackError
from feedback.runs import PUBLISHED, REFUSED, RunRecord
from model_store import StoreError, StoreUnavailable
from trainer.errors import TrainerError
from trainer.job import Job
from trainer.occasion import LeaseLost, NothingNew, Occasion
from trainer.report.text import outcome_text
from trainer.request import Request
from trainer.schedule.probation import end_of_probation
from trainer.schedule.scheduler import Ended

MISTAKES = (TrainerError, StoreError, EnergyError, FeedbackError)


class Retraining:
    """The work of a schedule (trainer/schedule/scheduler.py).

    Only the first run may go on from a checkpoint. keep: how many versions stay.
    """

    def __init__(self, job: Job, request: Request, keep: int) -> None:
        self._job = job
        self._request = request
        anew = replace(request, resumed=False)
        self._requests: Iterator[Request] = itertools.chain(
            [request], itertools.repeat(anew)
        )
        self._keep = keep

    def run(self, occasion: Occasion) -> Ended:
        """One run; what goes wrong in it is told, and is its outcome."""
        say = self._job.reporter.say
        request = replace(next(self._requests), occasion=occasion)
        try:
            outcome = self._job.run(request)
            say(outcome_text(outcome.evaluation, outcome.document))
            self._job.prune(self._keep)
        except (LeaseLost, NothingNew):
            raise
        except MISTAKES as error:
            say(f"training failed: {error}")
            return Ended("failed", {"error": str(error)})
        facts = {
            "version": outcome.version,
            "joules": outcome.document["energy"]["joules"],
            "verdict": outcome.document["reason"],
        }
        return Ended(PUBLISHED if outcome.version else REFUSED, facts)

    def is_wanted_at_once(self) -> bool:
        """After a first model: unless a complete run on MNIST is served."""
        self._job.publish_first(self._request.choice.directory)
        waiting = self._request.resumed and self._job.places.checkpoints.paths()
        return bool(waiting) or not self._job.is_fully_trained()

    def watch(self) -> str | None:
        """End the probation of a version that people correct; what was done, if so."""
        places = self._job.places
        database = places.corrections.database()
        if database.is_missing:
            return None
        try:
            return end_of_probation(places.store, database, datetime.now(UTC))
        except StoreError:  # a store that is away is told by /readyz
            return None
        finally:
            database.close()

    def still_counts(self, run: RunRecord) -> bool:
        """Whether the version that it published may be served; a refusal counts."""
        if run.version is None:
            return True
        try:
            self._job.places.store.load(run.version)
        except StoreUnavailable:
            raise
        except StoreError:
            return False
        return True
