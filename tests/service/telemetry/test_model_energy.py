"""What a version's predictions cost, its training included, and what is known of it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from energy import EnergySettings, SourceInfo
from model_store import Model, ModelStore
from service.serving.catalog import Catalog
from service.telemetry import metrics
from service.telemetry.scrape.exposition import energy_per_prediction
from service.telemetry.scrape.gauges import Gauges
from service.web.services import Services
from tests.support.installation import Service
from tests.support.stores import file_of
from tests.support.waiting import wait_until

Publish = Callable[..., Model]
TRAINING = {"joules": 600.0, "source": "rapl"}
new_version = count(7000).__next__  # the metrics of a process outlive a test


@pytest.fixture
def version(store: ModelStore, publish: Publish) -> Callable[..., int]:
    """Publish a version with a number that no other test has used."""

    def version(**facts: object) -> int:
        number = new_version()
        made = file_of(store, publish(store, **facts).version)
        made.rename(file_of(store, number))
        return number

    return version


@pytest.fixture
def catalog(store: ModelStore) -> Catalog:
    """The cards of the test's store."""
    return Catalog(store)


def _spent(client: FlaskClient, version: int) -> Any:
    return client.get(f"/models/{version}").get_json()["energy_per_prediction"]


def _attribute(version: int, *joules: float) -> None:
    for each in joules:
        metrics.PREDICTION_JOULES.labels(version, "estimate").observe(each)


def test_training_is_shared_out_among_the_predictions(
    client: FlaskClient, version: Callable[..., int]
) -> None:
    number = version(energy=TRAINING)
    _attribute(number, 1.0, 2.0, 3.0)
    assert _spent(client, number) == {
        "source": "estimate",
        "predictions": 3,
        "mean_joules": 2.0,
        "training_source": "rapl",
        "training_joules": 600.0,
        "amortised_joules": 202.0,
        "break_even_predictions": 300.0,
    }


def test_training_that_was_not_measured_is_not_taken_for_free(
    client: FlaskClient, version: Callable[..., int]
) -> None:
    number = version(energy={"joules": None, "source": None})
    _attribute(number, 2.0)
    found = _spent(client, number)
    assert found["mean_joules"] == 2.0
    assert found["amortised_joules"] is None
    assert found["break_even_predictions"] is None


def test_nothing_is_said_before_a_prediction_has_its_energy(
    client: FlaskClient, version: Callable[..., int]
) -> None:
    number = version(energy=TRAINING)
    assert _spent(client, number) is None


def test_joules_of_another_source_are_not_taken_for_this_one_s(
    catalog: Catalog, version: Callable[..., int]
) -> None:
    number = version(energy=TRAINING)
    _attribute(number, 2.0)
    card = catalog.card(number)
    assert energy_per_prediction(number, card, "rapl") is None
    assert energy_per_prediction(number, card, "estimate") is not None


def test_nothing_is_said_without_a_source(
    client_with: Callable[..., FlaskClient], version: Callable[..., int]
) -> None:
    client = client_with(DIGITS_ENERGY_SOURCE="none")
    number = version(energy=TRAINING)
    _attribute(number, 2.0)
    assert _spent(client, number) is None
    names = {f.name for f in text_string_to_metric_families(_scrape(client))}
    assert "digits_energy_coefficient_watts" not in names


def test_predictions_of_other_workers_count_too(
    service: Service, picture: bytes
) -> None:
    sent = 12
    before = _attributed(service)
    for _ in range(sent):
        assert service.predict(picture).ok
    wait_until("each has its energy", lambda: _attributed(service) - before >= sent)
    whoever_answers = {_attributed(service) for _ in range(6)}
    assert whoever_answers == {before + sent}


def _attributed(service: Service) -> int:
    spent = service.get("/models/1").json()["energy_per_prediction"]
    return int(spent["predictions"]) if spent else 0


def _scrape(client: FlaskClient) -> str:
    return client.get("/metrics").text


def test_an_estimate_shows_the_watts_that_it_takes(client: FlaskClient) -> None:
    samples = {
        sample.labels["state"]: sample.value
        for family in text_string_to_metric_families(_scrape(client))
        for sample in family.samples
        if sample.name == "digits_energy_coefficient_watts"
    }
    watts = EnergySettings().watts_per_cpu
    assert samples == {"idle": 0.74, "full": pytest.approx(0.74 + watts)}


def test_a_measured_source_names_its_domains_and_has_no_coefficients() -> None:
    info = SourceInfo("rapl", "machine", ("package", "dram"), "")
    found = {family.name: family for family in Gauges([], None, info, 36.0).collect()}
    assert set(found) == {
        "digits_build_info",
        "digits_energy_source_info",
        "digits_grid_carbon_intensity_grams_per_joule",
        "digits_metrics_last_incomplete_timestamp_seconds",
    }
    (source,) = found["digits_energy_source_info"].samples
    assert source.labels == {
        "source": "rapl", "scope": "machine", "domains": "package+dram",
    }  # fmt: skip
    (grid,) = found["digits_grid_carbon_intensity_grams_per_joule"].samples
    assert grid.value == pytest.approx(1e-5)


def test_the_services_hold_the_grid_of_the_world_unless_told(
    services: Services,
) -> None:
    assert services.grams_per_kwh == 480
