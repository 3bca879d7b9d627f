"""KServe's V1 protocol: the network's own answers, and refusals that say why."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from model_store import Model
from tests.support import digits

PREDICT = "/v1/models/digits:predict"
PIXELS = np.random.default_rng(6).integers(0, 256, (3, 784), dtype=np.uint8)
ZEROS = [0] * 784


def _ask(client: FlaskClient, instances: Any) -> Any:
    answer = client.post(PREDICT, json={"instances": instances})
    assert answer.status_code == 200, answer.text
    assert set(answer.get_json()) == {"predictions"}
    return answer.get_json()["predictions"]


@pytest.mark.parametrize(
    "pixels", [PIXELS, PIXELS.astype(float), PIXELS / 255], ids=["0-255", "7.0", "0-1"]
)
@pytest.mark.parametrize("shape", [(784,), (28, 28), (28, 28, 1), (1, 28, 28)])
@pytest.mark.parametrize("wrap", [lambda image: image, lambda image: {"image": image}])
def test_instances_are_answered_by_the_network(
    client: FlaskClient,
    model: Model,
    pixels: Any,
    shape: tuple[int, ...],
    wrap: Callable[[Any], Any],
) -> None:
    instances = [wrap(image) for image in pixels.reshape(-1, *shape).tolist()]
    predictions = _ask(client, instances)
    expected = model.network.outputs(PIXELS)
    assert [p["outputs"] for p in predictions] == [
        pytest.approx(row, abs=1e-5) for row in expected
    ]
    assert [p["label"] for p in predictions] == expected.argmax(axis=1).tolist()
    assert all(0 <= p["confidence"] <= 1 for p in predictions)


@pytest.mark.parametrize("wrap", [lambda image: image, lambda image: {"any": image}])
def test_encoded_pictures_are_answered_as_predict_answers_them(
    client: FlaskClient, picture: bytes, wrap: Callable[[Any], Any]
) -> None:
    alone = client.post("/predict", data=picture, content_type="image/png").get_json()
    text = base64.encodebytes(picture).decode()
    (prediction,) = _ask(client, [wrap({"b64": text})])
    assert prediction == {name: alone[name] for name in prediction}


def test_warnings_and_certainty_are_those_of_predict(client: FlaskClient) -> None:
    page = Image.new("L", (480, 240), 255)
    for left, digit in ((0, 3), (240, 7)):  # the one that is not read raises doubt
        with Image.open(io.BytesIO(digits.picture(digit))) as other:
            page.paste(other, (left, 0))
    body = digits.png(page)
    alone = client.post("/predict", data=body, content_type="image/png").get_json()
    (prediction,) = _ask(client, [{"b64": base64.b64encode(body).decode()}])
    assert prediction["warnings"]
    assert prediction == {name: alone[name] for name in prediction}


@pytest.mark.parametrize("grey", [0, 9, 255])
def test_blank_image_is_probably_no_digit(client: FlaskClient, grey: int) -> None:
    digit, blank = _ask(client, [PIXELS[0].tolist(), [grey] * 784])
    assert digit["confidence"] > 0
    assert blank["confidence"] == 0
    assert blank["warnings"] == ["this is probably no digit"]


def test_shape_of_an_instance_is_named_as_it_was_sent(client: FlaskClient) -> None:
    answer = client.post(PREDICT, json={"instances": [[0] * 783]})
    assert answer.get_json() == {
        "error": "the first of the instances has the shape [783]; an image has one of"
        " [784], [28, 28], [28, 28, 1], [1, 28, 28]"
    }


def test_compressed_body_is_read(client: FlaskClient) -> None:
    body = gzip.compress(json.dumps({"instances": [ZEROS]}).encode())
    answer = client.post(PREDICT, data=body, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200


def test_model_is_listed_and_ready(client: FlaskClient) -> None:
    assert client.get("/v1/models").get_json() == {"models": ["digits"]}
    ready = client.get("/v1/models/digits").get_json()
    assert ready == {"name": "digits", "ready": True}


def test_every_image_is_counted(
    client: FlaskClient, grown: Callable[..., float]
) -> None:
    _ask(client, PIXELS.tolist())
    assert grown("digits_prediction_confidence_count", model_version=1) == 3
    labels = {"method": "POST", "route": PREDICT, "code": 200}
    assert grown("digits_http_requests_total", **labels) == 1


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([], id="a list"),
        pytest.param({}, id="no instances"),
        pytest.param({"inputs": [ZEROS]}, id="TensorFlow's columns"),
        pytest.param({"instances": []}, id="an empty list"),
        pytest.param({"instances": ZEROS}, id="an image that is no list of images"),
        pytest.param({"instances": [[0] * 28] * 28}, id="the rows of one image"),
        pytest.param({"instances": [ZEROS] * 1025}, id="too many"),
        pytest.param({"instances": [ZEROS[1:]]}, id="a pixel too few"),
        pytest.param({"instances": [ZEROS, ZEROS[1:]]}, id="ragged"),
        pytest.param({"instances": [[[[[[0]]]]]]}, id="nested too deep"),
        pytest.param({"instances": [[]]}, id="an empty image"),
        pytest.param({"instances": [[-1, *ZEROS[1:]]]}, id="negative"),
        pytest.param({"instances": [[256, *ZEROS[1:]]]}, id="over 255"),
        pytest.param({"instances": [["7", *ZEROS[1:]]]}, id="a text for a pixel"),
        pytest.param({"instances": [[None, *ZEROS[1:]]]}, id="nothing for a pixel"),
        pytest.param({"instances": ["AAAA"]}, id="base64 that is not in b64"),
        pytest.param({"instances": [{"b64": "A"}]}, id="not base64"),
        pytest.param({"instances": [{"b64": 7}]}, id="a number for base64"),
        pytest.param({"instances": [{"a": ZEROS, "b": ZEROS}]}, id="two inputs"),
        pytest.param({"instances": [{"b64": "AAAA"}, ZEROS]}, id="of both kinds"),
    ],
)
def test_instances_that_are_no_images_are_refused(
    client: FlaskClient, document: Any
) -> None:
    answer = client.post(PREDICT, json=document)
    assert answer.status_code == 400, answer.text
    assert set(answer.get_json()) == {"error"}


def test_deep_json_is_refused(client: FlaskClient) -> None:
    for text in ("[" * 100_000, '{"instances": ' + "[" * 800 + "]" * 800 + "}"):
        assert client.post(PREDICT, data=text).status_code == 400


def test_picture_that_cannot_be_read_is_named(
    client: FlaskClient, picture: bytes
) -> None:
    texts = [base64.b64encode(p).decode() for p in (picture, b"text")]
    document = {"instances": [{"b64": text} for text in texts]}
    answer = client.post(PREDICT, json=document)
    assert answer.status_code == 415
    assert "picture 1" in answer.get_json()["error"]


def test_unknown_model_and_no_model_are_said_so(
    bare_client: FlaskClient,
) -> None:
    for path, status in ((PREDICT.replace("digits", "x"), 404), (PREDICT, 503)):
        answer = bare_client.post(path, json={"instances": [ZEROS]})
        assert answer.status_code == status
        assert set(answer.get_json()) == {"error"}


def test_keys_are_asked_for(client_with: Callable[..., FlaskClient]) -> None:
    client = client_with(DIGITS_API_KEYS="a-key")
    body = {"instances": [ZEROS]}
    headers = {"Authorization": "Bearer a-key"}
    assert client.post(PREDICT, json=body).status_code == 401
    assert client.post(PREDICT, json=body, headers=headers).status_code == 200
