"""What a scrape says of the served model, from its card; nothing that is unknown."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from model_store import Model, ModelStore
from service.routes import Parts

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
    client: FlaskClient, store: ModelStore, parts: Parts, publish: Publish
) -> None:
    publish(store, **FACTS)
    parts.models.refresh()
    found = {s.name: s for s in _samples(client) if s.name in OF_THE_MODEL}
    assert set(found) == set(OF_THE_MODEL)
    for name, value in {
        "digits_model_info": 1,
        "digits_model_training_energy_joules": 2763.0,
        "digits_model_training_duration_seconds": 60.5,
        "digits_model_training_co2e_grams": 0.3,
        "digits_model_training_bulb_seconds": 98.7,
        "digits_model_test_accuracy_ratio": 0.9,
    }.items():
        assert found[name].value == value
        assert found[name].labels.get("model_version", "2") == "2"
    assert found["digits_model_training_energy_joules"].labels["source"] == "rapl"
    assert found["digits_model_training_bulb_seconds"].labels["bulb_watts"] == "28"
    assert found["digits_model_info"].labels["layers"] == "784-16-10"


@pytest.mark.parametrize(
    "energy", [{}, {"joules": None, "source": None}, {"joules": 3.0}]
)
def test_energy_of_a_training_without_a_source_is_absent(
    client: FlaskClient,
    store: ModelStore,
    parts: Parts,
    publish: Publish,
    energy: dict[str, object],
) -> None:
    publish(store, energy=energy)
    parts.models.refresh()
    names = {sample.name for sample in _samples(client)}
    assert "digits_model_info" in names
    assert not {name for name in names if name.startswith("digits_model_training")}


def test_without_a_model_nothing_is_said_of_one(bare_client: FlaskClient) -> None:
    names = {sample.name for sample in _samples(bare_client)}
    assert "digits_model_info" not in names
    assert "digits_energy_source_info" in names
