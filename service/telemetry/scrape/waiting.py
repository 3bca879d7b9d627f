"""What a scrape says of the corrections that wait for a reviewer."""

import time
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from feedback.corrections.records import Waiting


def waiting_metrics(waiting: Waiting) -> Iterator[Metric]:
    """How many, and for how long the first has waited, by this host's clock."""
    age = time.time() - waiting.oldest.timestamp() if waiting.oldest else 0
    yield GaugeMetricFamily(
        "digits_corrections_pending",
        "Corrections that wait for a reviewer.",
        value=waiting.count,
    )
    yield GaugeMetricFamily(
        "digits_corrections_oldest_pending_seconds",
        "For how long the first of them has waited, 0 if none does.",
        value=max(0.0, age),
    )
    accepted = GaugeMetricFamily(
        "digits_corrections_accepted",
        "Corrections of a version's answers that are accepted.",
        labels=["model_version"],
    )
    for version, usage in waiting.usage.items():
        accepted.add_metric([str(version)], usage.corrected)
    if waiting.usage:
        yield accepted
