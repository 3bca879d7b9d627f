"""The other routes: whether the service lives, is ready, and what it could serve."""

from collections.abc import Callable

from flask.testing import FlaskClient

from model_store import Model, ModelStore
from service.web.services import Parts

Publish = Callable[..., Model]


def test_service_is_alive_without_a_model(bare_client: FlaskClient) -> None:
    answer = bare_client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "alive"})


def test_service_is_ready_with_a_model(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ready", "model": {"version": 1}}


def test_empty_store_lists_no_model(bare_client: FlaskClient) -> None:
    assert bare_client.get("/models").get_json() == {"models": [], "served": None}


def test_valid_models_are_listed_with_their_facts(
    client: FlaskClient, store: ModelStore, parts: Parts, publish: Publish
) -> None:
    publish(
        store,
        metrics={"test_accuracy": 0.75},
        energy={"joules": 12.5, "source": "estimate"},
        data={"source": "embedded"},
    )
    store.path(3).write_bytes(b"broken")
    parts.models.refresh()
    listed = client.get("/models").get_json()
    assert listed["served"] == 2
    assert [row["version"] for row in listed["models"]] == [1, 2]
    assert listed["models"][1] == {
        "version": 2,
        "created": "2026-01-02T03:04:05+00:00",
        "layers": [784, 16, 10],
        "test_accuracy": 0.75,
        "data": "embedded",
        "joules": 12.5,
    }


def test_model_is_shown_with_its_whole_card(client: FlaskClient, model: Model) -> None:
    answer = client.get("/models/1")
    assert answer.status_code == 200
    shown = answer.get_json()
    assert shown == {**shown, "version": 1, **model.card.to_dict()}
