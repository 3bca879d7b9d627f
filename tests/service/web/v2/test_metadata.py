"""Health, readiness and metadata of the protocol."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from model_store import Model, ModelStore, __version__
from service.web.services import Services
from tests.service.web.v2.asking import PIXELS, asking, assert_refused, image, in_json

SERVER = {"name": "digits", "version": __version__}
MODEL: dict[str, Any] = {
    "name": "digits",
    "platform": "numpy",
    "inputs": [
        {
            "name": "image",
            "datatype": "UINT8",
            "shape": [-1, 784],
            "parameters": {
                "datatypes": [
                    "UINT8", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES",
                ],
                "shapes": [
                    [-1, 784], [-1, 28, 28], [-1, 28, 28, 1], [-1, 1, 28, 28],
                    [784], [28, 28],
                ],
                "bytes_shape": [-1],
            },
        }
    ],
    "outputs": [
        {"name": "outputs", "datatype": "FP32", "shape": [-1, 10]},
        {"name": "label", "datatype": "INT64", "shape": [-1]},
    ],
}  # fmt: skip
CONFIG: dict[str, Any] = {
    "name": "digits",
    "platform": "numpy",
    "backend": "numpy",
    "max_batch_size": 1024,
    "input": [{"name": "image", "data_type": "TYPE_UINT8", "dims": [784]}],
    "output": [
        {"name": "outputs", "data_type": "TYPE_FP32", "dims": [10]},
        {"name": "label", "data_type": "TYPE_INT64", "dims": []},
    ],
}
EXTENSIONS = ["binary_tensor_data", "model_configuration", "statistics"]


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v2", SERVER | {"extensions": EXTENSIONS}),
        ("/v2/health/live", {"live": True}),
        ("/v2/health/ready", {"ready": True}),
        ("/v2/models/digits", MODEL | {"versions": ["1"]}),
        ("/v2/models/digits/versions/1", MODEL | {"versions": ["1"]}),
        ("/v2/models/digits/config", CONFIG),
        ("/v2/models/digits/versions/1/config", CONFIG),
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
    services: Services,
    publish: Callable[..., Model],
) -> None:
    publish(store)
    services.models.refresh()
    store.path(3).write_bytes(b"broken")
    assert client.get("/v2/models/digits").get_json()["versions"] == ["1", "2"]
    ready = [
        client.get(f"/v2/models/digits/versions/{version}/ready").status_code
        for version in (1, 2, 3, 4)
    ]
    assert ready == [200, 200, 404, 404]


@pytest.mark.parametrize(
    "path",
    [
        "/v2/models/stats",
        "/v2/models/digits/stats",
        "/v2/models/digits/versions/1/stats",
    ],
)
def test_statistics_count_the_images_of_a_version(
    client: FlaskClient, picture: bytes, path: str
) -> None:
    def stats() -> Any:
        (found,) = client.get(path).get_json()["model_stats"]
        return found

    before = stats()
    assert (before["name"], before["version"]) == ("digits", "1")
    client.post("/predict", data=picture, content_type="image/png")
    in_json(client, asking(image(data=PIXELS.tolist())))
    after = stats()
    assert after["inference_count"] - before["inference_count"] == 4
    success = [entry["inference_stats"]["success"] for entry in (before, after)]
    assert success[1]["count"] - success[0]["count"] == 4
    assert success[1]["ns"] > success[0]["ns"]


@pytest.mark.parametrize(
    ("body", "versions"), [(b"", "12"), (b"{}", "12"), (b'{"ready": true}', "1")]
)
def test_index_of_the_repository_says_which_versions_can_be_asked(
    client: FlaskClient, store: ModelStore, body: bytes, versions: str
) -> None:
    store.path(2).write_bytes(b"broken")
    index = client.post("/v2/repository/index", data=body).get_json()
    assert "".join(entry["version"] for entry in index) == versions
    ready = {"name": "digits", "version": "1", "state": "READY", "reason": ""}
    assert index[0] == ready
    for entry in index[1:]:
        assert entry["state"] == "UNAVAILABLE"
        assert "not a complete .npz" in entry["reason"]


@pytest.mark.parametrize("body", [b"[]", b'{"ready": "yes"}', b"\xff"])
def test_index_asked_for_otherwise_is_refused(client: FlaskClient, body: bytes) -> None:
    assert_refused(client.post("/v2/repository/index", data=body), 400)
