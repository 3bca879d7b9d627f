"""POST /learn/step and the page /learn: what is answered, what is refused."""

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from model_store import Model, ModelStore
from tests.support.pages import Page

ASKED = {"sample": 60, "truth": 8, "alpha": 0.05, "steps": 20}


def _lesson(client: FlaskClient, **asked: object) -> Any:
    answer = client.post("/learn/step", json={**ASKED, **asked})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_lesson_has_every_layer_forward_and_backward(
    client: FlaskClient, model: Model
) -> None:
    lesson = _lesson(client)
    assert [len(layer) for layer in lesson["a"]] == [784, 16, 10]
    for name in ("n", "S"):
        assert [len(layer) for layer in lesson[name]] == [16, 10]
    t = np.eye(10)[8]
    np.testing.assert_allclose(lesson["e"], t - lesson["a"][-1], atol=1e-5)
    np.testing.assert_allclose(lesson["S"][-1], lesson["a"][-1] - t, atol=1e-5)
    weight = lesson["weight"]
    assert weight["gradient"] == pytest.approx(weight["measured"], rel=1e-5)
    assert len(lesson["losses"]) == 21
    assert lesson["losses"][-1] < lesson["losses"][0]
    assert lesson["others"]["rows"] == 200
    assert lesson["model"]["version"] == model.version
    assert lesson["energy"]["joules"] >= 0


def test_question_and_answer_are_as_openapi_describes_them(client: FlaskClient) -> None:
    components = client.get("/openapi.json").get_json()["components"]
    for name, value in (("LearnRequest", ASKED), ("Lesson", _lesson(client))):
        schema = {**components["schemas"][name], "components": components}
        Draft202012Validator(schema).validate(value)


def test_entry_that_is_asked_for_is_shown(client: FlaskClient, model: Model) -> None:
    asked = {"layer": 1, "row": 400, "column": 7}
    weight = _lesson(client, weight=asked)["weight"]
    assert {name: weight[name] for name in asked} == asked
    assert weight["value"] == pytest.approx(float(model.network.weights[0][400, 7]))


def test_picture_is_read_as_predict_reads_it(
    client: FlaskClient, picture: bytes
) -> None:
    text = base64.b64encode(picture).decode()
    answer = client.post("/learn/step", json={"image": text})
    predicted = client.post("/predict", data=picture).get_json()
    lesson = answer.get_json()
    assert lesson["label"] == lesson["truth"] == predicted["label"]
    np.testing.assert_allclose(lesson["a"][-1], predicted["outputs"], atol=1e-5)


def test_any_stored_version_can_be_taught(
    client: FlaskClient, store: ModelStore, publish: Callable[..., Model]
) -> None:
    publish(store, seed=7)
    first, second = (_lesson(client, version=version) for version in (1, 2))
    assert first["model"]["version"] == 1
    assert second["model"]["version"] == 2
    assert first["a"][-1] != second["a"][-1]


def test_nothing_is_kept(client: FlaskClient) -> None:
    assert _lesson(client)["losses"] == _lesson(client)["losses"]


def test_alpha_that_is_too_large_is_told(client: FlaskClient) -> None:
    lesson = _lesson(client, alpha=1e6, steps=50, truth=1)
    assert np.isfinite(lesson["losses"]).all()


REFUSED = {
    "no digit": ({}, 400, "no 'image'"),
    "two digits": ({"sample": 1, "image": "aGFsbG8="}, 400, "image and sample"),
    "a sample that is none": ({"sample": 200}, 400, "sample is not from 0 to 199"),
    "a truth that is no digit": ({"sample": 1, "truth": 10}, 400, "truth"),
    "a truth in words": ({"sample": 1, "truth": "two"}, 400, "truth is not a whole"),
    "yes as a number": ({"sample": 1, "steps": True}, 400, "steps is not a whole"),
    "51 steps": ({"sample": 1, "steps": 51}, 400, "steps is not from 1 to 50"),
    "no step": ({"sample": 1, "steps": 0}, 400, "steps is not from 1 to 50"),
    "alpha 0": ({"sample": 1, "alpha": 0}, 400, "alpha is not above 0"),
    "alpha in words": ({"sample": 1, "alpha": "small"}, 400, "alpha is not a number"),
    "a weight in words": ({"sample": 1, "weight": "W1"}, 400, "weight is not an obj"),
    "a row beyond": ({"sample": 1, "weight": {"row": 16}}, 400, "row is not from"),
    "a layer beyond": ({"sample": 1, "weight": {"layer": 3}}, 400, "layer is not"),
    "no such version": ({"sample": 1, "version": 9}, 404, "no version 9"),
    "text as a picture": ({"image": "aGFsbG8="}, 415, "text"),
}


@pytest.mark.parametrize(("asked", "status", "detail"), REFUSED.values(), ids=REFUSED)
def test_mistake_is_a_problem_in_one_line(
    client: FlaskClient, asked: dict[str, Any], status: int, detail: str
) -> None:
    answer = client.post("/learn/step", json=asked)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert detail in answer.get_json()["detail"]


def test_body_that_is_no_json_is_refused(client: FlaskClient) -> None:
    assert client.post("/learn/step", data=b"[").status_code == 400


def test_lessons_are_limited_and_keyed_like_predictions(
    client_with: Callable[..., FlaskClient],
) -> None:
    keyed = client_with(DIGITS_API_KEYS="secret")
    assert keyed.post("/learn/step", json=ASKED).status_code == 401
    assert keyed.post("/learn", data={}).status_code == 401
    assert keyed.get("/learn").status_code == 200
    limited = client_with(DIGITS_RATE_LIMIT="1/hour")
    answers = [limited.post("/learn/step", json=ASKED).status_code for _ in range(2)]
    assert answers == [200, 429]


def _form(client: FlaskClient, **fields: Any) -> Page:
    answer = client.post("/learn", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_page_shows_ten_steps_without_script(client: FlaskClient) -> None:
    answer = client.get("/learn")
    page = Page(answer.text)
    assert page.ids() >= {f"step-{number}" for number in range(10)}
    assert len(answer.data) < 60_000
    assert "style=" not in answer.text
    assert answer.text.count("<math>") >= 10


def test_form_teaches_another_truth(client: FlaskClient) -> None:
    answer = client.post(
        "/learn", data={"sample": "60", "truth": "8", "alpha": "1e6", "steps": "3"},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert "The truth is 8" in answer.text
    assert "after the update" not in answer.text


def _drawn(page: Page) -> str:
    [field] = (i for i in page.all("input") if i.get("name") == "drawn")
    return field["value"] or ""


def test_own_picture_stays_for_the_next_question(
    client: FlaskClient, picture: bytes
) -> None:
    page = _form(client, image=(io.BytesIO(picture), "mine.png"))
    [kept] = (i["value"] for i in page.all("input") if i.get("name") == "drawn")
    assert len(base64.b64decode(kept or "")) == 784
    again = _form(client, drawn=kept, sample="", truth="4")
    assert [i["value"] for i in again.all("input") if i.get("name") == "drawn"] == [
        kept
    ]


def test_any_hidden_node_is_shown_with_its_path(client: FlaskClient) -> None:
    def alts(**fields: str) -> list[str]:
        page = _form(client, sample="60", **fields)
        return [str(picture.get("alt")) for picture in page.all("img")]

    assert "column 7 of W1 as a picture" in alts(node1="7")
    assert "column 9 of W1 as a picture" in alts(node1="7", follownode1="9")
    page = _form(client, sample="60", node1="7")
    [adds] = [one for name, one in page.elements if one.get("class") == "adds"]
    values = re.findall(r"\d ([+-][\d.e-]+)", str(adds["aria-label"]))
    assert len(values) == 10


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"steps": "many"}, "steps is not a whole number"),
        ({"drawn": "aGFsbG8="}, "784 bytes"),
        ({"version": "7"}, "no version 7"),
        ({"node1": "16"}, "node1 is not from 0 to 15"),
        ({"image": (io.BytesIO(b"hallo"), "x.txt")}, "Unknown format"),
    ],
)
def test_mistake_is_told_on_the_page(
    client: FlaskClient, fields: dict[str, Any], told: str
) -> None:
    answer = client.post("/learn", data=fields, content_type="multipart/form-data")
    assert answer.status_code >= 400
    assert answer.mimetype == "text/html"
    assert told in answer.text


def test_without_a_model_the_page_says_so(bare_client: FlaskClient) -> None:
    answer = bare_client.get("/learn")
    assert answer.status_code == 503
    assert "No model" in answer.text
