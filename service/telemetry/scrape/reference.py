"""How a version read its test rows, as metrics that drift is measured against."""

from collections.abc import Iterator

from prometheus_client.core import (
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from model_store import Model
from model_store.reference import Reference, Shares

_VERSION = ["model_version"]


def reference_metrics(model: Model) -> Iterator[Metric]:
    """The reference in the version's metadata; nothing if it has none."""
    reference = Reference.of_metrics(model.card.metrics)
    if reference is None:
        return
    version = str(model.version)
    labels = GaugeMetricFamily(
        "digits_reference_label_ratio",
        "The share of each label among the answers to the version's test rows.",
        labels=[*_VERSION, "label"],
    )
    for label, ratio in enumerate(reference.label_ratios):
        labels.add_metric([version, str(label)], ratio)
    yield labels
    yield _histogram(
        "digits_reference_confidence",
        "The confidence of the answers to the version's test rows.",
        version,
        reference.confidence,
    )
    yield _histogram(
        "digits_reference_ink_ratio",
        "The mean of the pixels of the version's test rows, 0 to 1.",
        version,
        reference.ink,
    )


def _histogram(name: str, text: str, version: str, shares: Shares) -> Metric:
    family = HistogramMetricFamily(name, text, labels=_VERSION)
    bounds = [str(bound) for bound in shares.bounds]  # as prometheus-client writes le
    buckets = [*zip(bounds, shares.cumulative, strict=True)]
    buckets.append(("+Inf", sum(shares.counts)))
    family.add_metric([version], buckets, shares.total)
    return family
