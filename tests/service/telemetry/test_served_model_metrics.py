"""What a scrape says of the served model, from its card; nothing that is unknown."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from model_store import Author, Canary, Model, ModelStore, __version__
from model_store.decisions.records import PROBATION
from model_store.reference import CONFIDENCE_BOUNDS, INK_BOUNDS, Reference, Shares
from service.web.services import Services

Publish = Callable[..., Model]

FACTS = {
    "metrics": {"test_accuracy": 0.9},
    "energy": {
        "joules": 2763.0,
        "source": "rapl",
        "seconds": 60.5,
        "co2e_grams": 0.3,
        "bulb_seconds": 98.7,
    },
}


def _samples(client: FlaskClient) -> dict[str, Sample]:
    """The samples of the model and of the source, by name."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        sample.name: sample
        for family in families
        for sample in family.samples
        if sample.name.startswith(("digits_model_", "digits_energy_source"))
        and not sample.name.startswith("digits_model_loads")
    }


def test_facts_of_the_served_model_are_metrics(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    publish(store, **FACTS)
    services.models.refresh()
    found = _samples(client)
    assert {name: (s.value, s.labels) for name, s in found.items()} == {
        "digits_energy_source_info": (
            1,
            {"source": "estimate", "scope": "process", "domains": "cpu"},
        ),
        "digits_model_info": (
            1,
            {
                "version": "2",
                "layers": "784-16-10",
                "loss": "cross-entropy",
                "data": "mnist",
                "created": "2026-01-02T03:04:05+00:00",
            },
        ),
        "digits_model_pinned": (0, {"model_version": "2"}),
        "digits_model_created_timestamp_seconds": (
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp(),
            {"model_version": "2"},
        ),
        "digits_model_published_timestamp_seconds": (
            store.path(2).stat().st_mtime,
            {"model_version": "2"},
        ),
        "digits_model_training_energy_joules": (
            2763.0,
            {"model_version": "2", "source": "rapl"},
        ),
        "digits_model_training_duration_seconds": (60.5, {"model_version": "2"}),
        "digits_model_training_co2e_grams": (0.3, {"model_version": "2"}),
        "digits_model_training_bulb_seconds": (
            98.7,
            {"model_version": "2", "bulb_watts": "28"},
        ),
        "digits_model_test_accuracy_ratio": (0.9, {"model_version": "2"}),
    }


@pytest.mark.parametrize(
    "energy", [{}, {"joules": None, "source": None}, {"joules": 3.0}]
)
def test_energy_of_a_training_without_a_source_is_absent(
    client: FlaskClient,
    store: ModelStore,
    services: Services,
    publish: Publish,
    energy: dict[str, object],
) -> None:
    publish(store, energy=energy)
    services.models.refresh()
    assert set(_samples(client)) == {
        "digits_model_info",
        "digits_model_pinned",
        "digits_model_created_timestamp_seconds",
        "digits_model_published_timestamp_seconds",
        "digits_energy_source_info",
    }


def test_version_of_unknown_age_shows_no_time_of_its_making(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    publish(store, created="yesterday")
    services.models.refresh()
    assert "digits_model_created_timestamp_seconds" not in _samples(client)


def test_build_is_a_metric(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITS_COMMIT", "0123abcd4567")
    build = f'digits_build_info{{commit="0123abcd4567",version="{__version__}"}} 1.0'
    assert build in client.get("/metrics").text


def test_without_a_model_nothing_is_said_of_one(bare_client: FlaskClient) -> None:
    assert set(_samples(bare_client)) == {"digits_energy_source_info"}


def test_reference_for_drift_is_a_metric(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    reference = Reference(
        labels=(3, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        confidence=Shares.of([0.4, 0.97, 0.99, 1.0], CONFIDENCE_BOUNDS),
        ink=Shares.of([0.1, 0.11, 0.12, 0.2], INK_BOUNDS),
    )
    publish(store, metrics={"reference": reference.to_dict()})
    services.models.refresh()
    page = client.get("/metrics").text
    label = 'digits_reference_label_ratio{label="0",model_version="2"} 0.75'
    bucket = 'digits_reference_confidence_bucket{le="0.99",model_version="2"} 3.0'
    ink = 'digits_reference_ink_ratio_count{model_version="2"} 4.0'
    assert {label, bucket, ink} <= set(page.splitlines())
    served = {le for le, name in _buckets(page) if "prediction_confidence" in name}
    assert served == {le for le, name in _buckets(page) if "reference_conf" in name}


def _buckets(page: str) -> set[tuple[str, str]]:
    """The bounds of each histogram, as they are written."""
    return {
        (sample.labels["le"], sample.name)
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if "le" in sample.labels
    }


@pytest.mark.parametrize(
    "reference",
    [None, {}, [], "much", {"labels": [1] * 9}, {"labels": [0] * 10},
     {"labels": [1] * 10, "confidence": {}, "ink": {}},
     {"labels": [1] * 10, "confidence": {"le": [1, 0], "counts": [1, 1], "sum": 1},
      "ink": {"le": [1], "counts": [1], "sum": 1}}],
)  # fmt: skip
def test_reference_that_cannot_be_used_is_absent(
    client: FlaskClient,
    store: ModelStore,
    services: Services,
    publish: Publish,
    reference: object,
) -> None:
    publish(store, metrics={"reference": reference})
    services.models.refresh()
    assert "digits_reference" not in client.get("/metrics").text


def test_decisions_are_metrics_and_do_not_fail_a_scrape(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    publish(store)
    store.pin(1)
    store.choice.start_canary(Canary(2, 5), Author("anna@desk"))
    services.models.refresh()
    page = client.get("/metrics").text
    assert 'digits_model_canary_ratio{model_version="2"} 0.05' in page
    assert 'digits_model_decision_timestamp_seconds{action="pin"}' in page
    assert 'action="rollback"' not in page
    store.pin(1, Author(PROBATION))
    page = client.get("/metrics").text
    assert 'digits_model_decision_timestamp_seconds{action="rollback"}' in page
    shutil.rmtree(store.state)
    store.state.write_text("a file where a directory belongs")
    assert client.get("/metrics").status_code == 200
