"""The canary: its share of the predictions, counted by version, or none if broken."""

import io
import logging
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from model_store import Author, Canary, Model, ModelStore
from service.serving.current_model import CurrentModel
from service.web.services import Services

Publish = Callable[..., Model]
Grown = Callable[..., float]

ANNA = Author("anna@desk")


@pytest.fixture
def models(store: ModelStore) -> CurrentModel:
    """What serves a store whose version 1 gets 20 %."""
    return CurrentModel(store, Canary(1, 20), Random(7))


def _picked(models: CurrentModel, number: int = 1000) -> Counter[int]:
    models.refresh()
    return Counter(models.pick().version for _ in range(number))


def test_canary_gets_its_share(
    store: ModelStore, models: CurrentModel, publish: Publish
) -> None:
    for seed in range(3):
        publish(store, seed)
    picked = _picked(models)
    assert set(picked) == {1, 3}
    assert 150 < picked[1] < 250
    assert models.get().version == 3
    assert [model.version for model in models.all_loaded] == [3, 1]


def test_canary_that_is_served_anyway_changes_nothing(
    store: ModelStore, models: CurrentModel, publish: Publish
) -> None:
    publish(store)
    assert set(_picked(models)) == {1}
    assert [model.version for model in models.all_loaded] == [1]


@pytest.mark.parametrize("content", [None, b"broken"])
def test_missing_or_broken_canary_is_told_once_and_leaves_all_to_the_main_model(
    store: ModelStore,
    publish: Publish,
    caplog: pytest.LogCaptureFixture,
    content: bytes | None,
) -> None:
    publish(store)
    if content:
        store.path(9).write_bytes(content)
    models = CurrentModel(store, Canary(9, 100))
    with caplog.at_level(logging.ERROR):
        assert [set(_picked(models, 10)) for _ in range(3)] == [{1}, {1}, {1}]
    told = [r for r in caplog.records if "the canary" in r.getMessage()]
    assert len(told) == 1


def test_canary_is_taken_up_when_it_is_published_and_let_go_when_it_is_gone(
    store: ModelStore, publish: Publish
) -> None:
    publish(store)
    models = CurrentModel(store, Canary(2, 100))
    assert set(_picked(models, 10)) == {1}
    publish(store)
    store.pin(1)
    assert set(_picked(models, 10)) == {2}
    assert models.get().version == 1
    store.path(2).unlink()
    assert set(_picked(models, 10)) == {1}


def test_canary_answers_whoever_names_no_version(
    client_with: Callable[..., FlaskClient],
    store: ModelStore,
    publish: Publish,
    picture: bytes,
) -> None:
    publish(store, 5)
    client = client_with(DIGITS_CANARY="1:100")
    form = {"image": (io.BytesIO(picture), "digit.png")}
    batch = client.post("/predict/batch", data=form).get_json()
    assert batch["model"] == {"version": 1}
    image = {"name": "image", "datatype": "UINT8", "shape": [1, 784], "data": [0] * 784}
    answered = [
        client.post(f"/v2/models/digits{version}/infer", json={"inputs": [image]})
        for version in ("", "/versions/2")
    ]
    assert [a.get_json()["model_version"] for a in answered] == ["1", "2"]


def test_answers_and_metrics_say_which_version_it_was(
    client_with: Callable[..., FlaskClient],
    store: ModelStore,
    publish: Publish,
    picture: bytes,
    grown: Grown,
) -> None:
    for seed in range(2):
        publish(store, seed, metrics={"test_accuracy": 0.5})
    store.pin(2)
    client = client_with(DIGITS_CANARY="1:50")
    answers = [
        client.post("/predict", data=picture, content_type="image/png").get_json()
        for _ in range(40)
    ]
    seen = Counter((a["label"], a["model"]["version"]) for a in answers)
    assert {version for _, version in seen} == {1, 2}
    for (label, version), count in seen.items():
        labels = {"label": label, "model_version": version}
        assert grown("digits_predictions_total", **labels) == count
    families = {
        family.name: family
        for family in text_string_to_metric_families(client.get("/metrics").text)
    }
    info = families["digits_model_info"].samples
    assert {sample.labels["version"] for sample in info} == {"1", "2"}
    accuracy = families["digits_model_test_accuracy_ratio"].samples
    assert {sample.labels["model_version"] for sample in accuracy} == {"1", "2"}
    assert client.get("/readyz").get_json()["model"] == {"version": 2}
    services: Services = client.application.extensions["digits"]
    assert [model.version for model in services.models.all_loaded] == [2, 1]


def test_canary_is_started_changed_and_ended_without_a_restart(
    store: ModelStore, publish: Publish, caplog: pytest.LogCaptureFixture
) -> None:
    for seed in range(3):
        publish(store, seed)
    models = CurrentModel(store, Canary(1, 100))
    assert set(_picked(models, 10)) == {1}
    store.choice.start_canary(Canary(2, 100), ANNA)
    assert set(_picked(models, 10)) == {2}
    with caplog.at_level(logging.INFO):
        store.choice.end_canary(ANNA)
        assert set(_picked(models, 10)) == {3}
    assert "canary: none" in caplog.messages
    assert set(_picked(CurrentModel(store, Canary(1, 100)), 10)) == {3}


def test_canary_that_is_withdrawn_answers_no_more(
    store: ModelStore, publish: Publish
) -> None:
    for seed in range(2):
        publish(store, seed)
    models = CurrentModel(store, Canary(1, 100))
    assert set(_picked(models, 10)) == {1}
    store.withdrawals.add(1, ANNA)
    assert set(_picked(models, 10)) == {2}


def test_record_that_cannot_be_read_is_logged_and_no_canary_answers(
    store: ModelStore, publish: Publish, caplog: pytest.LogCaptureFixture
) -> None:
    for seed in range(2):
        publish(store, seed)
    store.choice.start_canary(Canary(1, 100), ANNA)
    (store.state / "decisions" / "000002.json").write_text("broken")
    models = CurrentModel(store)
    with caplog.at_level(logging.ERROR):
        assert [set(_picked(models, 10)) for _ in range(2)] == [{2}, {2}]
    assert len([m for m in caplog.messages if m.startswith("no canary: ")]) == 1
