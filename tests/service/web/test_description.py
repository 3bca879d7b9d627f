"""/openapi.json is true to the service."""

import base64
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from model_store import __version__
from service.web.services import Services
from tests.support.openapi import Document, address, operations, target

PICTURE = {"content_type": "image/png"}
ADMIN: list[Document] = [{"adminToken": []}]
UNDESCRIBED = {"HEAD", "OPTIONS"}  # Flask gives them to each address


def _check(document: Document, schema: Document, value: object) -> None:
    validator = Draft202012Validator({**schema, "components": document["components"]})
    validator.validate(value)


def _check_answer(
    document: Document, path: str, answer: TestResponse, method: str = "post"
) -> None:
    """That an answer is one of those that the document gives its operation."""
    operation = document["paths"][path][method]
    described = target(document, operation["responses"][str(answer.status_code)])
    content = described["content"][answer.mimetype]
    if answer.is_json:
        _check(document, content["schema"], answer.get_json())
    for name, reference in described.get("headers", {}).items():
        header = target(document, reference)
        if name not in answer.headers and not header.get("required"):
            continue
        schema = header["schema"]
        text = answer.headers[name]
        _check(document, schema, int(text) if schema["type"] == "integer" else text)


def test_every_route_and_method_is_described_and_nothing_else(
    app: Flask, document: Document
) -> None:
    routed = {
        (re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - UNDESCRIBED
        if rule.endpoint != "static"
    }
    assert {(path, method) for path, method, _ in operations(document)} == routed


def test_document_names_the_version_and_the_address(client: FlaskClient) -> None:
    answer = client.get("/openapi.json", base_url="http://digits.example:81/at/")
    document = answer.get_json()
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["version"] == __version__
    assert document["servers"] == [{"url": "http://digits.example:81/at"}]
    predict = document["paths"]["/predict"]["post"]
    assert predict["x-curl"].endswith("http://digits.example:81/at/predict")


def test_host_that_is_no_host_spoils_nothing(client: FlaskClient) -> None:
    answer = client.get("/openapi.json", headers={"Host": 'a"b\\c<script>'})
    assert json.loads(answer.data)["info"]["version"] == __version__
    page = client.get("/docs", headers={"Host": '"><script>x</script>'})
    assert "<script>" not in page.text


def test_operations_can_be_told_apart(document: Document) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    tags = {tag["name"] for tag in document["tags"]}
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert set(operation["tags"]) <= tags


def test_schemas_are_schemas(document: Document) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_examples_follow_their_schemas(document: Document) -> None:
    components = document["components"]
    described = list(components["schemas"].values())
    described += [
        content["schema"] | content
        for response in components["responses"].values()
        for content in response["content"].values()
    ]
    described += [p["schema"] | p for p in components["parameters"].values()]
    examples = [schema for schema in described if "example" in schema]
    assert len(examples) > 10
    for schema in examples:
        _check(document, schema, schema["example"])


def test_every_component_is_used(document: Document) -> None:
    text = json.dumps(document)
    for kind, components in document["components"].items():
        for name in components if kind != "securitySchemes" else ():
            assert f'"#/components/{kind}/{name}"' in text, name


@pytest.mark.parametrize("query", ["", "?preview=1", "?preview=1&explain=1"])
def test_prediction_is_as_described(
    client: FlaskClient,
    services: Services,
    document: Document,
    picture: bytes,
    query: str,
) -> None:
    answer = client.post(f"/predict{query}", data=picture, **PICTURE)
    assert answer.status_code == 200
    _check_answer(document, "/predict", answer)
    services.ledger.tick()
    spent = client.get("/models/1")
    assert spent.get_json()["energy_per_prediction"] is not None
    _check_answer(document, "/models/{version}", spent, "get")


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"", "image/png", 400),
        (b"x" * 9_000_000, "image/png", 413),
        (b"text", "text/plain", 415),
        (b"text", "image/png", 422),
    ],
)
def test_refusal_is_as_described(
    client: FlaskClient, document: Document, data: bytes, kind: str, status: int
) -> None:
    answer = client.post("/predict", data=data, content_type=kind)
    assert answer.status_code == status
    _check_answer(document, "/predict", answer)


def test_batch_is_as_described(
    client: FlaskClient, document: Document, picture: bytes
) -> None:
    images = [(io.BytesIO(data), "digit.png") for data in (picture, b"text")]
    answer = client.post("/predict/batch", data={"image": images})
    assert [*answer.get_json()["predictions"][1]] == ["error"]
    _check_answer(document, "/predict/batch", answer)


@pytest.mark.parametrize("address", ["", "/versions/{version}"])
def test_inference_is_as_described(
    client: FlaskClient, document: Document, picture: bytes, address: str
) -> None:
    path = f"/v2/models/digits{address}/infer"
    data = [base64.b64encode(picture).decode()]
    tensor = {"name": "image", "datatype": "BYTES", "shape": [1], "data": data}
    for inputs, status in (([tensor], 200), ([tensor | {"data": ["eA=="]}], 415),
                           ([], 400)):  # fmt: skip
        answer = client.post(path.format(version=1), json={"inputs": inputs})
        assert answer.status_code == status
        _check_answer(document, path, answer)


@pytest.mark.parametrize("instances", [[[0] * 784], []])
def test_instances_are_answered_as_described(
    client: FlaskClient, document: Document, instances: list[Any]
) -> None:
    answer = client.post("/v1/models/digits:predict", json={"instances": instances})
    assert answer.status_code == (200 if instances else 400)
    _check_answer(document, "/v1/models/digits:predict", answer)


def test_index_of_the_repository_is_as_described(
    client: FlaskClient, document: Document
) -> None:
    for body in (b"", b"[]"):
        answer = client.post("/v2/repository/index", data=body)
        _check_answer(document, "/v2/repository/index", answer)


def test_admin_calls_are_as_described(
    client_with: Callable[..., FlaskClient], document: Document
) -> None:
    client = client_with(DIGITS_ADMIN_TOKEN="a-token")
    token = {"Authorization": "Bearer a-token"}
    for path, headers, status in (
        ("/models/1/pin", {}, 401),
        ("/models/1/pin", token, 200),
        ("/models/9/pin", token, 404),
        ("/models/unpin", token, 200),
    ):
        answer = client.post(path, headers=headers)
        assert answer.status_code == status
        described = re.sub("[0-9]", "{version}", path)
        _check_answer(document, described, answer)
    off = client_with().post("/models/unpin")
    _check_answer(document, "/models/unpin", off)


def test_corrections_are_as_described(
    client_with: Callable[..., FlaskClient], document: Document, picture: bytes
) -> None:
    client = client_with(DIGITS_ADMIN_TOKEN="a-token")
    admin = {"Authorization": "Bearer a-token"}
    asked = client.post("/predict", data=picture, **PICTURE).get_json()
    token = asked["feedback"]["token"]

    def correct(label: str, token: str) -> TestResponse:
        files = {"image": (io.BytesIO(picture), "digit.png")}
        fields = {"label": label, "token": token}
        return client.post("/feedback", data={**fields, **files})

    one, accept = "/feedback/{number}", "/feedback/{number}/accept"
    for status, path, method, answer in (
        (201, "/feedback", "post", correct("3", token)),
        (400, "/feedback", "post", correct("x", token)),
        (403, "/feedback", "post", correct("3", "x")),
        (200, "/feedback", "get", client.get("/feedback", headers=admin)),
        (401, "/feedback", "get", client.get("/feedback")),
        (200, accept, "post", client.post("/feedback/1/accept", headers=admin)),
        (404, accept, "post", client.post("/feedback/9/accept", headers=admin)),
        (403, one, "delete", client.delete("/feedback/1")),
        (200, one, "delete", client.delete(f"/feedback/1?token={token}")),
    ):
        assert answer.status_code == status
        _check_answer(document, path, answer, method)


def test_key_and_rate_are_as_described(
    client_with: Callable[..., FlaskClient], document: Document, picture: bytes
) -> None:
    limited = client_with(DIGITS_RATE_LIMIT="1/hour")
    for status in (200, 429):
        answer = limited.post("/predict", data=picture, content_type="image/png")
        assert answer.status_code == status
        assert "RateLimit" in answer.headers
        _check_answer(document, "/predict", answer)
    refused = client_with(DIGITS_API_KEYS="a-key").post("/predict")
    assert refused.status_code == 401
    _check_answer(document, "/predict", refused)


def test_service_without_a_model_is_as_described(
    bare_client: FlaskClient, document: Document, picture: bytes
) -> None:
    refused = bare_client.post("/predict", data=picture, **PICTURE)
    not_ready, models = bare_client.get("/readyz"), bare_client.get("/models")
    assert (refused.status_code, not_ready.status_code) == (503, 503)
    _check_answer(document, "/predict", refused)
    _check_answer(document, "/readyz", not_ready, "get")
    _check_answer(document, "/models", models, "get")


@pytest.mark.usefixtures("model", "report")
def test_every_get_is_as_described(client: FlaskClient, document: Document) -> None:
    for path, method, operation in operations(document):
        if method != "GET" or operation.get("security") == ADMIN:
            continue
        answer = client.get(address(operation))
        assert answer.status_code == 200, path
        _check_answer(document, path, answer, "get")
    _check_answer(document, "/models/{version}", client.get("/models/9"), "get")
