"""Every metric of the service, declared once; right under several workers."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from energy.settings import SOURCES
from energy.units import NOTES_BULB_WATTS
from model_store import Model

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10)
_CPU_SECONDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1)
_JOULES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 1)
_CONFIDENCE = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1)

HTTP_REQUESTS = Counter(
    "digits_http_requests_total",
    "Requests answered.",
    ["method", "route", "code"],
)
HTTP_SECONDS = Histogram(
    "digits_http_request_duration_seconds",
    "From the request's headers to its answer.",
    ["route"],
    buckets=_SECONDS,
)
PREDICTIONS = Counter(
    "digits_predictions_total", "Digits answered.", ["label", "model_version"]
)
CONFIDENCE = Histogram(
    "digits_prediction_confidence",
    "The calibrated probability of the label that was answered.",
    buckets=_CONFIDENCE,
)
REJECTED_IMAGES = Counter(
    "digits_rejected_images_total", "Pictures that no digit was read from.", ["reason"]
)
MODEL_LOADS = Counter(
    "digits_model_loads_total",
    "Versions that a worker loaded (ok), refused (broken) or could not reach.",
    ["outcome"],
)
PREDICTION_JOULES = Histogram(
    "digits_prediction_energy_joules",
    "The energy of one prediction request.",
    ["model_version", "source"],
    buckets=_JOULES,
)
PREDICTION_CPU = Histogram(
    "digits_prediction_cpu_seconds",
    "The CPU time of one prediction request.",
    ["model_version"],
    buckets=_CPU_SECONDS,
)
PROCESS_JOULES = Counter(
    "digits_process_energy_joules_total",
    "The dynamic energy of the workers: spent on predictions (request) or not.",
    ["source", "activity"],
)
IDLE_JOULES = Counter(
    "digits_idle_energy_joules_total",
    "The energy that the CPUs reserved for the service draw when idle.",
    ["source"],
)
NODE_JOULES = Counter(
    "digits_node_energy_joules_total",
    "The energy of the whole machine; the workers' share is a part of it.",
    ["source", "domain"],
)
COUNTER_WRAPS = Counter(
    "digits_energy_counter_wraps_total", "Energy counters that began again at zero."
)
SAMPLES_SKIPPED = Counter(
    "digits_energy_samples_skipped_total",
    "Readings of an energy counter that were not counted.",
    ["reason"],
)


class ServedModel(Collector):
    """What the served model's metadata says, as metrics of a scrape."""

    def __init__(self, model: Model | None, source: str | None) -> None:
        self._model = model
        self._source = source

    def collect(self) -> Iterator[Metric]:
        if self._source:
            yield _gauge(
                "digits_energy_source_info",
                "The source of every joule here.",
                {"source": self._source},
                1,
            )
        if self._model:
            yield from _model_gauges(self._model)


def _model_gauges(model: Model) -> Iterator[Metric]:
    card, version = model.card, str(model.version)
    yield _gauge(
        "digits_model_info",
        "The version that is served.",
        {
            "version": version,
            "layers": "-".join(map(str, model.network.layers)),
            "loss": card.loss,
            "data": str(card.data.get("source", "unknown")),
            "created": card.created,
        },
        1,
    )
    labels = {"model_version": version}
    source = card.energy.get("source")
    energy = card.energy if source in SOURCES else {}  # no figure without a source
    metered = {**labels, "source": str(source)}
    bulb = {**labels, "bulb_watts": f"{NOTES_BULB_WATTS:g}"}
    for name, text, names, value in (
        ("training_energy_joules", "Spent on the fit.", metered,
         _of(energy, "joules")),
        ("training_duration_seconds", "Of the fit.", labels,
         _of(card.energy, "seconds")),
        ("training_co2e_grams", "Of the fit.", labels, _of(energy, "co2e_grams")),
        ("training_bulb_seconds", "A bulb's light for the fit's energy.", bulb,
         _of(energy, "bulb_seconds")),
        ("test_accuracy_ratio", "Of the test rows.", labels, card.test_accuracy),
    ):  # fmt: skip
        if value is not None:
            yield _gauge(f"digits_model_{name}", text, names, value)


def _of(section: object, name: str) -> float | None:
    value = section.get(name) if isinstance(section, dict) else None
    return value if isinstance(value, int | float) else None


def _gauge(name: str, text: str, labels: dict[str, str], value: float) -> Metric:
    family = GaugeMetricFamily(name, text, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def exposition(model: Model | None, source: str | None) -> bytes:
    """The text of a scrape: the sum over all workers, dead ones too."""
    served = CollectorRegistry()
    served.register(ServedModel(model, source))
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY) + generate_latest(served)
    MultiProcessCollector(served)  # type: ignore[no-untyped-call]
    return generate_latest(served)
