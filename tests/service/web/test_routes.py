"""The other routes: whether the service lives, is ready, and what it could serve."""

import logging
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from feedback.corrections.usage import note_predictions
from feedback.database import Database
from model_store import Author, Canary, Model, ModelStore
from service.web.services import Services

Publish = Callable[..., Model]


def test_service_is_alive_without_a_model(bare_client: FlaskClient) -> None:
    answer = bare_client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "alive"})


def test_service_is_ready_with_a_model(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ready",
        "model": {"version": 1},
        "pinned": None,
    }


def test_pin_is_seen_where_one_looks_for_it(
    client: FlaskClient,
    store: ModelStore,
    services: Services,
    publish: Publish,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    publish(store)
    store.pin(1)
    services.models.refresh()
    assert client.get("/readyz").get_json()["pinned"] == 1
    assert client.get("/models").get_json()["pinned"] == 1
    assert 'digits_model_pinned{model_version="1"} 1.0' in client.get("/metrics").text
    store.unpin()
    services.models.refresh()
    assert client.get("/readyz").get_json()["pinned"] is None
    assert 'digits_model_pinned{model_version="2"} 0.0' in client.get("/metrics").text
    assert caplog.messages == [
        "serving version 1: it is pinned",
        "serving version 2: it is the newest valid version",
    ]


def test_pin_of_a_missing_version_is_seen(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    publish(store)
    store.pin(2)
    store.path(2).unlink()
    services.models.refresh()
    ready = client.get("/readyz").get_json()
    assert (ready["model"], ready["pinned"]) == ({"version": 1}, 2)
    metrics = client.get("/metrics").text
    assert 'digits_model_pinned{model_version="1"} 0.0' in metrics
    assert 'digits_model_pinned{model_version="2"} 1.0' in metrics


@pytest.mark.parametrize(
    ("metrics", "calibrated"),
    [({"temperature": 1.3}, True), ({}, False), ({"temperature": None}, False)],
)
def test_model_says_whether_its_confidence_is_calibrated(
    client: FlaskClient,
    store: ModelStore,
    publish: Publish,
    metrics: dict[str, object],
    calibrated: bool,
) -> None:
    publish(store, metrics=metrics)
    assert client.get("/models/2").get_json()["calibrated"] is calibrated
    assert client.get("/models").get_json()["models"][1]["calibrated"] is calibrated


def test_empty_store_lists_no_model(bare_client: FlaskClient) -> None:
    listed = bare_client.get("/models").get_json()
    assert listed == {
        "models": [], "served": None, "pinned": None, "canary": None, "events": [],
    }  # fmt: skip


def test_valid_models_are_listed_with_their_facts(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    publish(
        store,
        metrics={"test_accuracy": 0.75},
        energy={"joules": 12.5, "source": "estimate"},
        data={"source": "embedded"},
    )
    store.path(3).write_bytes(b"broken")
    services.models.refresh()
    listed = client.get("/models").get_json()
    assert listed["served"] == 2
    assert [row["version"] for row in listed["models"]] == [1, 2]
    assert listed["models"][1] == {
        "version": 2,
        "created": "2026-01-02T03:04:05+00:00",
        "layers": [784, 16, 10],
        "test_accuracy": 0.75,
        "calibrated": False,
        "data": "embedded",
        "joules": 12.5,
        "withdrawn": False,
    }


def test_models_tell_of_pins_canaries_and_withdrawals(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    for seed in range(2):
        publish(store, seed)
    store.withdrawals.add(3, Author("anna@desk", "blind to sevens"))
    store.choice.start_canary(Canary(1, 5), Author("anna@desk"))
    with Database.at(None, store.state).writing() as connection:
        note_predictions(connection, "an earlier start", {1: 7})
    services.models.refresh()
    listed = client.get("/models").get_json()
    canary = listed["canary"]
    assert (listed["served"], canary["version"], canary["percent"]) == (2, 1, 5)
    assert (canary["verdict"], canary["canary"]["version"]) == ("too early", 1)
    assert canary["canary"]["predictions_ever"] == 7
    assert [row["withdrawn"] for row in listed["models"]] == [False, False, True]
    actions = [event["action"] for event in listed["events"]]
    assert actions == ["publish", "publish", "publish", "withdraw", "canary"]
    withdrawal = listed["events"][3]
    assert (withdrawal["by"], withdrawal["why"]) == ("command line", "blind to sevens")
    assert withdrawal["served"] == 2


def test_withdrawn_version_is_shown_but_answers_nobody(
    client: FlaskClient, store: ModelStore, services: Services, publish: Publish
) -> None:
    publish(store)
    store.withdrawals.add(1, Author("anna@desk"))
    services.models.refresh()
    assert client.get("/models/1").status_code == 200
    image = {"name": "image", "datatype": "UINT8", "shape": [1, 784], "data": [0] * 784}
    answer = client.post("/v2/models/digits/versions/1/infer", json={"inputs": [image]})
    assert (answer.status_code, answer.get_json()) == (
        404, {"error": "version 1 is withdrawn"},
    )  # fmt: skip


def test_model_is_shown_with_its_whole_card(client: FlaskClient, model: Model) -> None:
    answer = client.get("/models/1")
    assert answer.status_code == 200
    shown = answer.get_json()
    assert shown == {**shown, "version": 1, **model.card.to_dict()}
