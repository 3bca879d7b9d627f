"""The gauges that a scrape reads anew: the served models, the source, the grid."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from energy import SourceInfo
from energy.settings import SOURCES
from energy.units import NOTES_BULB_WATTS
from feedback.corrections.records import Waiting
from model_store import Canary, Model, __version__
from model_store.cli.build import UNKNOWN
from model_store.decisions.records import PROBATION, Decision
from service.telemetry.counters.files import last_incomplete
from service.telemetry.scrape.reference import reference_metrics
from service.telemetry.scrape.waiting import waiting_metrics

_JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True, eq=False)  # a registry wants to hash it
class Gauges(Collector):
    """What is read anew at each scrape.

    Attributes:
        models: those that are served, if any: one, or a canary as well.
        pinned: the version that is pinned, None if none is.
        info: where joules come from, None without a source.
        grams_per_kwh: CO2e of the grid.
        share: the canary and its percentage, None without one.
        decisions: who chose what, the oldest first.
        waiting: the corrections that wait for a reviewer; None if that is not known.
    """

    models: list[Model]
    pinned: int | None
    info: SourceInfo | None
    grams_per_kwh: float
    share: Canary | None = None
    decisions: Sequence[Decision] = ()
    waiting: Waiting | None = None

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "digits_build_info",
            "The version and the commit of the service.",
            # The command has asked git, or the image says it (model_store/build.py).
            {
                "version": __version__,
                "commit": os.environ.get("DIGITS_COMMIT", UNKNOWN),
            },
            1,
        )
        yield _gauge(
            "digits_metrics_last_incomplete_timestamp_seconds",
            "When a counter last had no room on the temporary disk, 0 if never.",
            {},
            last_incomplete(),
        )
        yield from self._pin_gauge()
        yield from self._decision_gauges()
        yield _gauge(
            "digits_grid_carbon_intensity_grams_per_joule",
            "CO2e of the grid, as DIGITS_CARBON_GRAMS_PER_KWH says.",
            {},
            self.grams_per_kwh / _JOULES_PER_KWH,
        )
        if self.waiting:
            yield from waiting_metrics(self.waiting)
        if self.info:
            yield from _source_gauges(self.info)
        yield from _merged(m for model in self.models for m in _model_gauges(model))
        yield from _merged(m for model in self.models for m in reference_metrics(model))

    def _pin_gauge(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "digits_model_pinned",
            "1 for the version that is pinned, 0 for one that is served without a pin.",
            labels=["model_version"],
        )
        pinned = set() if self.pinned is None else {self.pinned}
        for version in sorted({model.version for model in self.models} | pinned):
            family.add_metric([str(version)], version in pinned)
        if family.samples:
            yield family

    def _decision_gauges(self) -> Iterator[Metric]:
        if self.share:
            yield _gauge(
                "digits_model_canary_ratio",
                "The share of the predictions that the canary answers, 0 to 1.",
                {"model_version": str(self.share.version)},
                self.share.percent / 100,
            )
        last = {_action(decision): decision.timestamp for decision in self.decisions}
        family = GaugeMetricFamily(
            "digits_model_decision_timestamp_seconds",
            "When somebody last pinned, unpinned, or started or ended a canary;"
            " rollback: a pin by the probation of a new version.",
            labels=["action"],
        )
        for action, timestamp in last.items():
            family.add_metric([action], timestamp)
        if last:
            yield family


def _action(decision: Decision) -> str:
    return "rollback" if decision.by == PROBATION else decision.action


def _merged(metrics: Iterable[Metric]) -> Iterable[Metric]:
    """The same metrics, each name once, with the samples of all of that name."""
    merged: dict[str, Metric] = {}
    for metric in metrics:
        first = merged.setdefault(metric.name, metric)
        if first is not metric:
            first.samples.extend(metric.samples)
    return merged.values()


def _source_gauges(info: SourceInfo) -> Iterator[Metric]:
    yield _gauge(
        "digits_energy_source_info",
        "The source of every energy figure of this service.",
        {"source": info.name, "scope": info.scope, "domains": "+".join(info.domains)},
        1,
    )
    if info.coefficients:
        idle = info.coefficients["idle_watts_per_cpu"]
        family = GaugeMetricFamily(
            "digits_energy_coefficient_watts",
            "The power of one CPU that an estimate assumes.",
            labels=["state"],
        )
        family.add_metric(["idle"], idle)
        family.add_metric(["full"], idle + info.coefficients["watts_per_cpu"])
        yield family


def _model_gauges(model: Model) -> Iterator[Metric]:
    card, version = model.card, str(model.version)
    yield _gauge(
        "digits_model_info",
        "A version that is served.",
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
        ("created_timestamp_seconds", "When the version was trained.", labels,
         card.created_timestamp),
        ("published_timestamp_seconds", "When the version's file was written.", labels,
         model.published),
        ("training_energy_joules", "The energy of the version's training.", metered,
         _of(energy, "joules")),
        ("training_duration_seconds", "The duration of the version's training.", labels,
         _of(card.energy, "seconds")),
        ("training_co2e_grams", "The CO2e of the version's training.", labels,
         _of(energy, "co2e_grams")),
        ("training_bulb_seconds", "How long a bulb burns on the training's energy.",
         bulb, _of(energy, "bulb_seconds")),
        ("test_accuracy_ratio", "The part of the test rows that are read right.",
         labels, card.test_accuracy),
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
