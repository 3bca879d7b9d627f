"""How many predictions all workers of this service have made with each version."""

import os
import socket
from collections import Counter
from pathlib import Path

from service.telemetry.scrape.exposition import all_workers

_PREDICTIONS = "digits_predictions_total"


def instance() -> str:
    """A name of this start of the service, which all its workers share."""
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    start = Path(directory).name if directory else str(os.getpid())
    return f"{socket.gethostname()} {start}"


def predictions_by_version() -> dict[int, int]:
    """Since the service started; of the versions that have series of their own."""
    made: Counter[int] = Counter()
    for family in all_workers().collect():
        for sample in family.samples:
            version = sample.labels.get("model_version", "")
            if sample.name == _PREDICTIONS and version.isdecimal():
                made[int(version)] += int(sample.value)
    return made
