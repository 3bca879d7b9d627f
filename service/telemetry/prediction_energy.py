"""What a prediction of one version costs, and when its training has paid off."""

from typing import Any

from model_store import Card
from service.telemetry.scrape import all_workers

_HISTOGRAM = "digits_prediction_energy_joules"


def energy_per_prediction(
    version: int, card: Card, source: str | None
) -> dict[str, Any] | None:
    """Joules per prediction, over all workers since the service started.

    `mean_joules` is a prediction's own, `amortised_joules` adds its part of the
    training; `break_even_predictions` is after how many both parts are the same. The
    last two are None if the training was not measured. None without a source, and
    before the first prediction was paid for. The two sources may differ: then the
    last two figures are good for an order of magnitude.
    """
    if source is None:
        return None
    labels = {"model_version": str(version), "source": source}
    registry = all_workers()
    joules = registry.get_sample_value(f"{_HISTOGRAM}_sum", labels)
    count = registry.get_sample_value(f"{_HISTOGRAM}_count", labels)
    if not joules or not count:
        return None
    mean, training = joules / count, card.joules
    return {
        "source": source,
        "predictions": int(count),
        "mean_joules": mean,
        "training_source": card.energy.get("source"),
        "training_joules": training,
        "amortised_joules": None if training is None else mean + training / count,
        "break_even_predictions": None if training is None else training / mean,
    }
