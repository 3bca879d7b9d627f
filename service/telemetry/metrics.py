"""Every metric that the service counts, declared once."""

import re
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from prometheus_client import Counter, Histogram

from feedback.corrections.records import STATES
from model_store.reference import CONFIDENCE_BOUNDS, INK_BOUNDS
from service.telemetry.counters.files import allocate_counter_files

allocate_counter_files()  # before the first metric is made


class BulkHistogram(Histogram):
    """A histogram that takes many values at the cost of a few.

    In multiprocess mode each `observe` writes to a file twice, which for the values
    of a tensor adds up to a part of the forward pass.
    """

    def observe_all(self, values: Sequence[float]) -> None:
        """Observe each of the values; one write for each bucket that is hit."""
        if len(values) == 1:
            self.observe_times(values[0], 1)
            return
        self._sum.inc(sum(values))
        buckets = Tally(bisect_left(self._upper_bounds, value) for value in values)
        for bucket, times in buckets.items():
            self._buckets[bucket].inc(times)

    def observe_times(self, value: float, times: int) -> None:
        """Observe the same value that many times."""
        self._sum.inc(value * times)
        self._buckets[bisect_left(self._upper_bounds, value)].inc(times)


# <int(max=999999999):version> of a Flask rule.
_PARAMETER = re.compile(r"<(?:[^<>]*:)?(\w+)>")

Labelled = TypeVar("Labelled", Counter, Histogram, BulkHistogram)

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10)
_CPU_SECONDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1)
_JOULES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 1)

HTTP_REQUESTS = Counter(
    "digits_http_requests_total",
    "Requests that were answered.",
    ["method", "route", "code"],
)
HTTP_SECONDS = BulkHistogram(
    "digits_http_request_duration_seconds",
    "Seconds from a request's headers to its answer.",
    ["route"],
    buckets=_SECONDS,
)
PREDICTIONS = Counter(
    "digits_predictions_total",
    "Predictions that were answered.",
    ["label", "model_version"],
)
CONFIDENCE = BulkHistogram(
    "digits_prediction_confidence",
    "The confidence of each prediction, as answered.",
    ["model_version"],
    buckets=CONFIDENCE_BOUNDS,
)
INK = BulkHistogram(
    "digits_prediction_ink_ratio",
    "The mean of the pixels that each prediction was made from, 0 to 1.",
    buckets=INK_BOUNDS,
)
PREDICTION_REQUESTS = Counter(
    "digits_prediction_requests_total",
    "Requests that a version was to answer: answered, refused or failed.",
    ["model_version", "outcome"],
)
PREDICTION_SECONDS = BulkHistogram(
    "digits_prediction_duration_seconds",
    "Seconds from a request's headers to its answer, of those that were answered.",
    ["model_version"],
    buckets=_SECONDS,
)
REJECTED_IMAGES = Counter(
    "digits_rejected_images_total", "Pictures that were refused.", ["reason"]
)
RATE_LIMIT_FALLBACKS = Counter(
    "digits_rate_limit_fallbacks_total",
    "Requests counted on this host alone, as the limits' storage was away.",
)
MODEL_LOADS = Counter(
    "digits_model_loads_total",
    "Versions that a worker loaded (ok) or could not load.",
    ["outcome"],
)
CORRECTIONS = Counter(
    "digits_corrections_total", "Corrections that came into a state.", ["state"]
)
for state in STATES:
    CORRECTIONS.labels(state)  # 0 until the first one
PREDICTION_JOULES = BulkHistogram(
    "digits_prediction_energy_joules",
    "The energy of one prediction.",
    ["model_version", "source"],
    buckets=_JOULES,
)
PREDICTION_CPU = BulkHistogram(
    "digits_prediction_cpu_seconds",
    "The CPU time of one prediction.",
    ["model_version"],
    buckets=_CPU_SECONDS,
)
BY_VERSION: tuple[Counter | Histogram, ...] = (
    PREDICTIONS,
    CONFIDENCE,
    PREDICTION_REQUESTS,
    PREDICTION_SECONDS,
    PREDICTION_JOULES,
    PREDICTION_CPU,
)
PROCESS_JOULES = Counter(
    "digits_process_energy_joules_total",
    "The dynamic energy of the workers, on predictions (request) or not (overhead).",
    ["source", "activity"],
)
IDLE_JOULES = Counter(
    "digits_idle_energy_joules_total",
    "The idle energy of the CPUs that the service may use.",
    ["source"],
)
NODE_JOULES = Counter(
    "digits_node_energy_joules_total",
    "The energy of the whole machine; the workers' share is a part of it.",
    ["source", "domain"],
)
COUNTER_WRAPS = Counter("digits_energy_wraps_total", "Wraps of energy counters.")
SAMPLES_SKIPPED = Counter(
    "digits_energy_samples_skipped_total",
    "Readings of an energy counter that could not be used.",
    ["reason"],
)


def begin_counters(reasons: Iterable[str]) -> None:
    """Let counters that alerts look at be there at 0, before anything happens.

    reasons: why pictures may be refused.
    """
    for reason in reasons:
        REJECTED_IMAGES.labels(reason)
    for outcome in ("ok", "broken", "forbidden", "unavailable"):
        MODEL_LOADS.labels(outcome)


def route_label(rule: str) -> str:
    """A route as metrics and the log name it: /models/{version}, without converters."""
    return _PARAMETER.sub(r"{\1}", rule)


@lru_cache(maxsize=4096)
def labelled(metric: Labelled, *values: object) -> Labelled:
    """`metric.labels(*values)`, cached: to find it costs as much as to count."""
    return metric.labels(*values)
