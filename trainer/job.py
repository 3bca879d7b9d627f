"""A training job: where it publishes, what it tells, what it meters with."""

from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from energy import EnergySettings, open_meter
from model_store import ModelNotFound
from model_store.prune import prune
from trainer.data.choice import DataChoice, local_mnist
from trainer.pipeline import Outcome, train_and_publish
from trainer.places import Places
from trainer.report.text import outcome_text
from trainer.request import Limits, Request
from trainer.training.progress import Reporter

_FIRST_MODEL_SECONDS = 60.0


@dataclass(frozen=True)
class Job:
    """Runs requests one after another."""

    places: Places
    reporter: Reporter
    energy: EnergySettings
    threads: int

    def run(self, request: Request) -> Outcome:
        """The whole job; raises TrainerError, StoreError, EnergyError."""
        meter = open_meter(self.energy)
        with threadpool_limits(1):  # the threads share the batches instead
            return train_and_publish(
                request,
                self.places,
                (meter, self.energy),
                self.reporter,
                self.threads,
            )

    def publish_first(self, data_directory: Path) -> None:
        """Publish a quick model if the store has no valid version; never downloads."""
        try:
            version = self.places.store.served().version
        except ModelNotFound:
            self.reporter.say("the store has no valid version: a quick first one comes")
        else:
            self.reporter.say(f"the store has version {version}")
            return
        data = "auto" if local_mnist(data_directory) else "embedded"
        choice = DataChoice(data, None, None, None, data_directory)
        outcome = self.run(
            Request(
                choice,
                "default",
                {},
                limits=Limits(max_seconds=_FIRST_MODEL_SECONDS),
                keeps_checkpoint=False,  # another start is as quick
            )
        )
        self.reporter.say(outcome_text(outcome.evaluation, outcome.document))

    def prune(self, keep: int) -> None:
        """Remove all but the newest versions. Raises StoreUnavailable."""
        removed = prune(self.places.store, keep).versions
        if removed:
            numbers = ", ".join(map(str, removed))
            self.reporter.say(f"removed version {numbers}: the newest {keep} are kept")

    def is_fully_trained(self) -> bool:
        """Whether the served version comes from a complete run on MNIST."""
        try:
            card = self.places.store.served().card
        except ModelNotFound:  # the allow list may lack what was published
            return False
        return not card.is_embedded and card.training.get("stopped_by") is None
