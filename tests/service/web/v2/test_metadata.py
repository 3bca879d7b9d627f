"""Health, readiness and metadata of the protocol."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from model_store import Model, ModelStore, __version__
from service.web.services import Parts

SERVER = {"name": "digits", "version": __version__}
MODEL: dict[str, Any] = {
    "name": "digits",
    "platform": "numpy",
    "inputs": [{"name": "image", "datatype": "UINT8", "shape": [-1, 784]}],
    "outputs": [
        {"name": "outputs", "datatype": "FP32", "shape": [-1, 10]},
        {"name": "label", "datatype": "INT64", "shape": [-1]},
    ],
}


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v2", SERVER | {"extensions": ["binary_tensor_data"]}),
        ("/v2/health/live", {"live": True}),
        ("/v2/health/ready", {"ready": True}),
        ("/v2/models/digits", MODEL | {"versions": ["1"]}),
        ("/v2/models/digits/versions/1", MODEL | {"versions": ["1"]}),
        ("/v2/models/digits/ready", {"name": "digits", "ready": True}),
        ("/v2/models/digits/versions/1/ready", {"name": "digits", "ready": True}),
    ],
)
def test_document_is_the_protocol_s(
    client: FlaskClient, path: str, document: dict[str, Any]
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.get_json() == document


def test_server_without_a_model_is_live_and_knows_itself(
    bare_client: FlaskClient,
) -> None:
    assert bare_client.get("/v2/health/live").status_code == 200
    assert bare_client.get("/v2").get_json()["name"] == "digits"


def test_every_valid_version_can_be_asked_for_and_no_other(
    client: FlaskClient,
    store: ModelStore,
    parts: Parts,
    publish: Callable[..., Model],
) -> None:
    publish(store)
    parts.models.refresh()
    store.path(3).write_bytes(b"broken")
    assert client.get("/v2/models/digits").get_json()["versions"] == ["1", "2"]
    ready = [
        client.get(f"/v2/models/digits/versions/{version}/ready").status_code
        for version in (1, 2, 3, 4)
    ]
    assert ready == [200, 200, 404, 404]
