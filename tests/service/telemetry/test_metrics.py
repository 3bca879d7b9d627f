"""The metrics of one process: their names, their closed label sets, their counts."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import REGISTRY
from prometheus_client.samples import Sample

from service.telemetry.metrics import BulkHistogram
from service.web.services import Services

Grown = Callable[..., float]

# Name without suffix: type, label names.
DECLARED = {
    "digits_http_requests": ("counter", {"method", "route", "code"}),
    "digits_http_request_duration_seconds": ("histogram", {"route"}),
    "digits_predictions": ("counter", {"label", "model_version"}),
    "digits_prediction_confidence": ("histogram", {"model_version"}),
    "digits_prediction_ink_ratio": ("histogram", set()),
    "digits_prediction_requests": ("counter", {"model_version", "outcome"}),
    "digits_prediction_duration_seconds": ("histogram", {"model_version"}),
    "digits_rejected_images": ("counter", {"reason"}),
    "digits_model_loads": ("counter", {"outcome"}),
    "digits_rate_limit_fallbacks": ("counter", set()),
    "digits_corrections": ("counter", {"state"}),
    "digits_prediction_energy_joules": ("histogram", {"model_version", "source"}),
    "digits_prediction_cpu_seconds": ("histogram", {"model_version"}),
    "digits_process_energy_joules": ("counter", {"source", "activity"}),
    "digits_idle_energy_joules": ("counter", {"source"}),
    "digits_node_energy_joules": ("counter", {"source", "domain"}),
    "digits_energy_wraps": ("counter", set()),
    "digits_energy_samples_skipped": ("counter", {"reason"}),
}
OF_THE_MODEL = {
    "digits_energy_source_info": {"source", "scope", "domains"},
    "digits_energy_coefficient_watts": {"state"},
    "digits_grid_carbon_intensity_grams_per_joule": set(),
    "digits_build_info": {"version", "commit"},
    "digits_metrics_last_incomplete_timestamp_seconds": set(),
    "digits_model_pinned": {"model_version"},
    "digits_model_created_timestamp_seconds": {"model_version"},
    "digits_model_published_timestamp_seconds": {"model_version"},
    "digits_model_info": {"version", "layers", "loss", "data", "created"},
    "digits_model_training_energy_joules": {"model_version", "source"},
    "digits_model_training_duration_seconds": {"model_version"},
    "digits_model_training_co2e_grams": {"model_version"},
    "digits_model_training_bulb_seconds": {"model_version", "bulb_watts"},
    "digits_model_test_accuracy_ratio": {"model_version"},
    "digits_model_canary_ratio": {"model_version"},
    "digits_model_decision_timestamp_seconds": {"action"},
    "digits_corrections_pending": set(),
    "digits_corrections_oldest_pending_seconds": set(),
    "digits_corrections_accepted": {"model_version"},
    "digits_reference_label_ratio": {"model_version", "label"},
    "digits_reference_confidence": {"model_version"},
    "digits_reference_ink_ratio": {"model_version"},
}

BOUNDS = (0.1, 0.5, 0.9)
VALUES = st.one_of(st.sampled_from(BOUNDS), st.floats(0, 2))


def _samples(client: FlaskClient) -> Iterator[Sample]:
    for family in text_string_to_metric_families(client.get("/metrics").text):
        if family.name.startswith("digits_"):
            yield from family.samples


def _without_converter(rule: str) -> str:
    return re.sub("<(.*:)?(.*?)>", "{\\2}", rule)


def _families(samples: Iterator[Sample]) -> set[str]:
    endings = ("_total", "_bucket", "_count", "_sum", "_created")
    return {
        next((s.name.removesuffix(e) for e in endings if s.name.endswith(e)), s.name)
        for s in samples
    }


def test_declared_metrics_are_those_of_the_contract() -> None:
    found = {f.name: f.type for f in REGISTRY.collect() if f.name.startswith("digits_")}
    assert found == {name: kind for name, (kind, _) in DECLARED.items()}


def test_scrape_is_the_text_format_of_prometheus(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert list(text_string_to_metric_families(answer.text))


def test_labels_stay_in_closed_sets_whatever_is_asked(
    client: FlaskClient, app: Flask, picture: bytes
) -> None:
    for i in range(20):
        client.get(f"/no/such/{i}")
        client.open("/healthz", method=f"METHOD{i}")
        client.post("/predict", data=bytes([i]) * 9, content_type="image/png")
        client.post("/predict", data=bytes([i]) * 9, content_type=f"image/x-{i}")
        client.get(f"/models/{i}")
    client.post("/predict", data=picture, content_type="image/png")
    closed = {
        "method": {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"},
        "route": {
            re.sub(r"<([^<>]*:)?(\w+)>", r"{\2}", rule.rule)
            for rule in app.url_map.iter_rules()
        }
        | {"unmatched"},
        "code": {str(code) for code in range(200, 600)},
        "label": set("0123456789"),
        "reason": {"format", "pixels", "undecodable", "no_digit"},
        "outcome": {"ok", "broken", "forbidden", "unavailable"}
        | {"answered", "refused", "failed"},
        "activity": {"request", "overhead"},
        "source": {"rapl", "battery", "hwmon", "estimate"},
        "domain": {"package", "dram"},
    }
    for sample in _samples(client):
        for label, allowed in closed.items():
            assert sample.labels.get(label, next(iter(allowed))) in allowed, sample


def test_label_names_are_those_of_the_contract(
    client: FlaskClient, services: Services, picture: bytes
) -> None:
    client.post("/predict", data=picture, content_type="image/png")
    client.post("/predict", data=b"text", content_type="image/png")
    services.ledger.tick()
    expected = {name: labels for name, (_, labels) in DECLARED.items()} | OF_THE_MODEL
    for sample in _samples(client):
        (name,) = _families(iter([sample]))
        assert set(sample.labels) - {"le"} == expected[name], sample


def test_without_a_source_no_joule_is_counted(
    client_with: Callable[..., FlaskClient], picture: bytes, grown: Grown
) -> None:
    client = client_with(DIGITS_ENERGY_SOURCE="none")
    client.post("/predict", data=picture, content_type="image/png")
    services: Services = client.application.extensions["digits"]
    services.ledger.tick()
    samples = list(_samples(client))
    assert "digits_energy_source_info" not in {sample.name for sample in samples}
    sources = {s.labels["source"] for s in samples if "source" in s.labels}
    assert sources <= {"estimate"}  # of the tests before this one
    for activity in ("request", "overhead"):
        labels = {"source": "estimate", "activity": activity}
        assert grown("digits_process_energy_joules_total", **labels) == 0


def _new() -> tuple[BulkHistogram, CollectorRegistry]:
    registry = CollectorRegistry()
    return BulkHistogram("seen", "Seen.", registry=registry, buckets=BOUNDS), registry


def _counted(registry: CollectorRegistry) -> dict[str, float]:
    return {
        f"{sample.name}{sample.labels}": sample.value
        for family in registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@given(st.lists(VALUES, max_size=20))
def test_all_at_once_are_counted_like_one_by_one(values: list[float]) -> None:
    one_by_one, expected = _new()
    for value in values:
        one_by_one.observe(value)
    at_once, registry = _new()
    at_once.observe_all(values)
    assert _counted(registry) == pytest.approx(_counted(expected))


@given(VALUES, st.integers(1, 20))
def test_one_value_many_times_is_counted_as_often(value: float, times: int) -> None:
    one_by_one, expected = _new()
    for _ in range(times):
        one_by_one.observe(value)
    many, registry = _new()
    many.observe_times(value, times)
    assert _counted(registry) == pytest.approx(_counted(expected))
