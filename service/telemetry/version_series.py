"""Which versions have series of their own: a few; all older ones share one.

A version each night would make a scrape longer for ever. So the counts of a version
that is no longer among the newest are added to the label `older`: sums stay right.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from service.telemetry import metrics
from service.telemetry.counters.dead_workers import fold_dead_workers, no_scrape
from service.telemetry.counters.folding import fold_metric
from service.telemetry.metrics import labelled

MOST: Final = 20
OLDER: Final = "older"
OUTCOMES: Final = {"2": "answered", "4": "refused", "5": "failed"}
_LABEL: Final = "model_version"

_own: frozenset[str] | None = None  # None: not known yet, every version has its own


def version_label(version: int) -> str:
    """What the label `model_version` of a version is now."""
    return _label(str(version))


def count_answer(version: int, status: str, seconds: float) -> None:
    """Count a request that this version was to answer, by the status of its answer."""
    label, outcome = version_label(version), OUTCOMES[status[0]]
    labelled(metrics.PREDICTION_REQUESTS, label, outcome).inc()
    if outcome == "answered":
        labelled(metrics.PREDICTION_SECONDS, label).observe_times(seconds, 1)


def begin_series(version: int, source: str | None) -> None:
    """Let every series of a version be there at 0, before it answers.

    source: where joules come from. PromQL's increase() misses the first count of a
    series that was not there before it.
    """
    label = version_label(version)
    for digit in range(10):
        labelled(metrics.PREDICTIONS, digit, label)
    for outcome in OUTCOMES.values():
        labelled(metrics.PREDICTION_REQUESTS, label, outcome)
    labelled(metrics.CONFIDENCE, label)
    labelled(metrics.PREDICTION_SECONDS, label)
    labelled(metrics.PREDICTION_CPU, label)
    if source:
        labelled(metrics.PREDICTION_JOULES, label, source)


def keep_series(versions: Iterable[int]) -> None:
    """Give the first MOST of these versions series of their own, and no other one."""
    global _own  # noqa: PLW0603 (it belongs to the process, as the metrics do)
    own = frozenset(list(dict.fromkeys(map(str, versions)))[:MOST])
    if own == _own:
        return
    _own = own
    labelled.cache_clear()
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if directory is None:
        _fold_own_counts()
        return
    with no_scrape(Path(directory)):
        _fold_own_counts()
        fold_dead_workers(Path(directory), _folded)


def _fold_own_counts() -> None:
    for metric in metrics.BY_VERSION:
        fold_metric(metric, _LABEL, _label)


def _label(label: str) -> str:
    return label if _own is None or label in _own else OLDER


def _folded(key: str) -> str:
    """The key of prometheus-client's files under which a count belongs now."""
    name, sample, labels, text = json.loads(key)
    if _LABEL not in labels:
        return key
    labels[_LABEL] = _label(labels[_LABEL])
    return json.dumps([name, sample, labels, text], sort_keys=True)
