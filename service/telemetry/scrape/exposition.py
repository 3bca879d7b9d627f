"""What a scrape shows, and what is read from the counters of all workers."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

from model_store import Card
from service.telemetry.counters.dead_workers import complete_counters
from service.telemetry.scrape.gauges import Gauges

_PREDICTION_JOULES = "digits_prediction_energy_joules"


def exposition(gauges: Gauges) -> bytes:
    """The text of a scrape: the gauges, and the sums over all workers ever."""
    scraped = CollectorRegistry()
    scraped.register(gauges)
    return generate_latest(all_workers()) + generate_latest(scraped)


def energy_per_prediction(
    version: int, card: Card, source: str | None
) -> dict[str, Any] | None:
    """Joules per prediction, over all workers since the service started.

    `mean_joules` is a prediction's own energy, `amortised_joules` adds its part of the
    training's; after `break_even_predictions` both parts are equal. The last two are
    None if the training was not measured. None without a source, and before the first
    prediction's energy is known. The sources of training and prediction may differ:
    then the last two figures are right to an order of magnitude only.
    """
    if source is None:
        return None
    labels = {"model_version": str(version), "source": source}
    registry = all_workers()
    joules = registry.get_sample_value(f"{_PREDICTION_JOULES}_sum", labels)
    count = registry.get_sample_value(f"{_PREDICTION_JOULES}_count", labels)
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


def all_workers() -> CollectorRegistry:
    """The counters of this process, or of all workers where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    _AllWorkers(registry)  # type: ignore[no-untyped-call]
    return registry


class _AllWorkers(MultiProcessCollector):
    def collect(self) -> Iterable[Metric]:
        with complete_counters(Path(self._path)):
            return list(super().collect())  # type: ignore[no-untyped-call]
