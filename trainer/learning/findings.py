"""What a test of a network finds; the network answers each row once."""

from dataclasses import dataclass

from model_store.network import Network
from model_store.reference import Reference
from trainer.data.dataset import Dataset
from trainer.learning.evaluate import Evaluation
from trainer.learning.honesty import Honesty, honesty
from trainer.learning.predictions import Predictions, predict
from trainer.learning.reference import reference_of


@dataclass(frozen=True)
class Findings:
    """What a network makes of its test rows, and of pictures that show no digit.

    Attributes:
        reference: what a service compares its own answers with.
    """

    predictions: Predictions
    evaluation: Evaluation
    honesty: Honesty
    reference: Reference

    @classmethod
    def of(
        cls, network: Network, rows: Dataset, temperature: float | None
    ) -> "Findings":
        """Test it; `temperature` is None if it is not calibrated."""
        answers = predict(network, rows, temperature)
        return cls(
            answers,
            answers.evaluation,
            honesty(network, answers, temperature),
            reference_of(answers, rows),
        )
