"""What breaks the protocol is refused in its own form, and never by a 5xx."""

import base64
import gzip
import json
import struct
import zlib
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import RequestTimeout

from model_store import ModelStore
from service.web.received import tensor_body
from service.web.received.tensor import DATATYPES, MOST_IMAGES
from tests.service.web.v2.asking import (
    INFER,
    JSON_LENGTH,
    PIXELS,
    asking,
    assert_refused,
    image,
    in_binary,
    in_json,
)
from tests.support import digits

ZEROS = [0] * 784
GOOD = image(shape=[1, 784], data=ZEROS)
GZIPPED = gzip.compress(json.dumps(asking(GOOD)).encode())
NUMBERS = [
    pytest.param("UINT8", "256", id="over 255"),
    pytest.param("UINT8", "-1", id="negative"),
    pytest.param("UINT8", "1.5", id="a fraction"),
    pytest.param("UINT8", "9" * 400, id="400 digits"),
    pytest.param("UINT8", "9" * 5000, id="5000 digits"),
    pytest.param("UINT8", "true", id="a truth value"),
    pytest.param("UINT8", "null", id="nothing"),
    pytest.param("UINT8", '"1"', id="a text"),
    pytest.param("UINT8", "{}", id="an object"),
    pytest.param("INT32", "256", id="over 255 in more bits"),
    pytest.param("INT64", "-1", id="negative in more bits"),
    pytest.param("INT64", "0.5", id="a fraction in more bits"),
    pytest.param("FP16", "1.1", id="over 1 in fewer bits"),
    pytest.param("FP64", "255", id="a grey level for a share"),
    pytest.param("FP64", "1e999", id="infinite in more bits"),
    pytest.param("FP32", "1.001", id="over 1"),
    pytest.param("FP32", "-0.001", id="under 0"),
    pytest.param("FP32", "1e999", id="infinite when read"),
    pytest.param("FP32", "1e300", id="no FP32"),
    pytest.param("FP32", "9" * 400, id="no float"),
    pytest.param("FP32", "NaN", id="NaN"),
    pytest.param("FP32", "-Infinity", id="infinite"),
    pytest.param("FP32", "false", id="another truth value"),
    pytest.param("FP32", '"0.5"', id="another text"),
]


@pytest.mark.parametrize(("datatype", "number"), NUMBERS)
def test_number_that_is_none_of_the_datatype_is_refused(
    steady_client: FlaskClient, datatype: str, number: str
) -> None:
    entry = image(datatype, [1, 784], data=["here", *ZEROS[1:]])
    text = json.dumps(asking(entry)).replace('"here"', number)
    assert_refused(in_json(steady_client, text), 400)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(GOOD | {"name": 7}, id="a number for a name"),
        pytest.param(GOOD | {"datatype": "INT8"}, id="another datatype"),
        pytest.param(GOOD | {"datatype": None}, id="no datatype"),
        pytest.param(GOOD | {"datatype": ["UINT8"]}, id="a list of datatypes"),
        pytest.param(GOOD | {"shape": [783]}, id="no image"),
        pytest.param(GOOD | {"shape": [28, 784]}, id="more images than values"),
        pytest.param(GOOD | {"shape": [1, 28, 28, 3]}, id="three channels"),
        pytest.param(GOOD | {"shape": [1, 1, 784]}, id="a channel of rows"),
        pytest.param(GOOD | {"shape": [-1, 784]}, id="a length left open"),
        pytest.param(GOOD | {"shape": [0, 784], "data": []}, id="no image"),
        pytest.param(GOOD | {"shape": [2, 784]}, id="one image too few"),
        pytest.param(GOOD | {"shape": [2**70, 784]}, id="far too many images"),
        pytest.param(GOOD | {"shape": [1.0, 784]}, id="a fraction of an image"),
        pytest.param(GOOD | {"shape": [True, 784]}, id="a truth value of images"),
        pytest.param(GOOD | {"shape": "1,784"}, id="a text for a shape"),
        pytest.param(GOOD | {"shape": []}, id="no shape"),
        pytest.param(image("BYTES", [], data=["AAAA"]), id="encoded, no shape"),
        pytest.param(GOOD | {"data": ZEROS[1:]}, id="a value too few"),
        pytest.param(GOOD | {"data": [*ZEROS, 0]}, id="a value too many"),
        pytest.param(GOOD | {"data": [ZEROS, ZEROS]}, id="an image too many"),
        pytest.param(GOOD | {"data": [ZEROS[1:], [0]]}, id="ragged"),
        pytest.param(GOOD | {"data": [[ZEROS]]}, id="nested too deep"),
        pytest.param(GOOD | {"data": [[0] * 28] * 28}, id="nested otherwise"),
        pytest.param(GOOD | {"data": None}, id="no data"),
        pytest.param(GOOD | {"data": "AAAA"}, id="a text for data"),
        pytest.param(GOOD | {"parameters": []}, id="a list of parameters"),
        pytest.param(
            GOOD | {"parameters": {"binary_data_size": True}}, id="a size that is none"
        ),
        pytest.param(
            GOOD | {"parameters": {"binary_data_size": 0}}, id="data in both forms"
        ),
        pytest.param(
            GOOD | {"parameters": {"binary_data_size": -1}}, id="a negative size"
        ),
        pytest.param(
            image("UINT8", [1, 784], parameters={"shared_memory_region": "r"}),
            id="shared memory",
        ),
        pytest.param(image("BYTES", [1, 1], data=["AAAA"]), id="encoded, two axes"),
        pytest.param(image("BYTES", [2], data=["AAAA"]), id="an element too few"),
        pytest.param(image("BYTES", [1], data=["A"]), id="not base64"),
        pytest.param(image("BYTES", [1], data=["\ud800"]), id="no ASCII"),
        pytest.param(image("BYTES", [1], data=[7]), id="a number for a picture"),
        pytest.param(image("BYTES", [1], data=[["AAAA"]]), id="nested pictures"),
    ],
)
def test_input_that_breaks_the_protocol_is_refused(
    steady_client: FlaskClient, entry: Any
) -> None:
    assert_refused(in_json(steady_client, asking(entry)), 400)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"\x1f\x8b" + bytes(99), id="compressed"),
        pytest.param("[" * 100_000, id="deep lists"),
        pytest.param('{"a":' * 100_000, id="deep objects"),
        pytest.param('{"inputs": [' + "[" * 900 + "]" * 900 + "]}", id="deep, whole"),
        pytest.param('{"inputs": [' + "[]," * 10**6 + "[]]}", id="lists upon lists"),
        pytest.param('{"inputs": [' + "{}," * 10**4 + "{}]}", id="many objects"),
        pytest.param("7", id="a number"),
        pytest.param([], id="a list"),
        pytest.param({}, id="an empty object"),
        pytest.param({"inputs": []}, id="no input"),
        pytest.param({"inputs": {}}, id="an object of inputs"),
        pytest.param({"inputs": [7]}, id="a number for an input"),
        pytest.param({"inputs": [GOOD, GOOD]}, id="two inputs"),
        pytest.param(asking(GOOD, id=7), id="a number for an id"),
        pytest.param(asking(GOOD, parameters=[]), id="a list of parameters"),
        pytest.param(
            asking(GOOD, parameters={"binary_data_output": "yes"}), id="a text for yes"
        ),
        pytest.param(asking(GOOD, outputs={}), id="an object of outputs"),
        pytest.param(asking(GOOD, outputs=["label"]), id="a text for an output"),
        pytest.param(asking(GOOD, outputs=[{}]), id="an output without a name"),
        pytest.param(asking(GOOD, outputs=[{"name": "x"}]), id="an unknown output"),
        pytest.param(
            asking(GOOD, outputs=[{"name": "label"}] * 2), id="an output twice"
        ),
        pytest.param(
            asking(
                GOOD,
                outputs=[{"name": "outputs", "parameters": {"classification": 3}}],
            ),
            id="classification",
        ),
    ],
)
def test_document_that_breaks_the_protocol_is_refused(
    steady_client: FlaskClient, document: Any
) -> None:
    assert_refused(in_json(steady_client, document), 400)


@pytest.mark.parametrize(
    ("entry", "data"),
    [
        pytest.param(image(), PIXELS.tobytes()[1:], id="a byte too few"),
        pytest.param(image(), PIXELS.tobytes() + b"\0", id="a byte too many"),
        pytest.param(image(), b"", id="no byte"),
        pytest.param(image("FP32"), PIXELS.tobytes(), id="bytes of another datatype"),
        pytest.param(image("FP32"), b"\0\0\xc0\x7f" * 784 * 3, id="NaN"),
        pytest.param(image("FP32"), b"\0\0\x80\x7f" * 784 * 3, id="infinite"),
        pytest.param(image("FP32"), b"\0\0\x80\xbf" * 784 * 3, id="negative"),
        pytest.param(image("BYTES", [1]), b"\1\0\0", id="half a length"),
        pytest.param(image("BYTES", [1]), b"\2\0\0\0a", id="longer than the data"),
        pytest.param(image("BYTES", [1]), b"\xff" * 4 + b"a", id="four gigabytes"),
        pytest.param(image("BYTES", [2]), b"\1\0\0\0a", id="an element too few"),
        pytest.param(image("BYTES", [1]), b"\1\0\0\0a" * 2, id="an element too many"),
        pytest.param(
            image(shape=[MOST_IMAGES + 1, 784]),
            bytes((MOST_IMAGES + 1) * 784),
            id="an image too many",
        ),
        pytest.param(
            image("BYTES", [MOST_IMAGES + 1]),
            bytes(4 * (MOST_IMAGES + 1)),
            id="a picture too many",
        ),
    ],
)
def test_binary_tensor_that_breaks_the_protocol_is_refused(
    steady_client: FlaskClient, entry: Any, data: bytes
) -> None:
    assert_refused(in_binary(steady_client, entry, data), 400)


@pytest.mark.parametrize(
    "length",
    ["", "0", "-1", "1", "1e2", "x", "999999", "9" * 5000, "\u0663", "+10", "1_0", " "],
)
def test_length_of_the_json_that_is_none_is_refused(
    steady_client: FlaskClient, length: str
) -> None:
    body = json.dumps(asking(GOOD))
    headers = {JSON_LENGTH: length.encode().decode("latin-1")}
    assert_refused(steady_client.post(INFER, data=body, headers=headers), 400)


def test_bytes_after_the_json_that_no_input_claims_are_refused(
    steady_client: FlaskClient,
) -> None:
    text = json.dumps(asking(GOOD))
    headers = {JSON_LENGTH: str(len(text))}
    assert_refused(steady_client.post(INFER, data=text + "rest", headers=headers), 400)


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"text", 415, "format"),
        (digits.picture(3)[:-50], 422, "undecodable"),
    ],
)
def test_picture_that_cannot_be_read_fails_the_tensor_and_is_counted(
    steady_client: FlaskClient,
    grown: Callable[..., float],
    content: bytes,
    status: int,
    reason: str,
) -> None:
    data = b"".join(struct.pack("<I", len(p)) + p for p in (digits.picture(3), content))
    answer = in_binary(steady_client, image("BYTES", [2]), data)
    assert "picture 1" in assert_refused(answer, status)
    assert grown("digits_rejected_images_total", reason=reason) == 1
    assert grown("digits_prediction_confidence_count", model_version=1) == 0


@pytest.mark.parametrize(
    ("url", "document"),
    [
        (INFER, asking(image("BYTES", [1], data=[""]))),
        ("/v1/models/digits:predict", {"instances": [{"b64": ""}]}),
    ],
)
def test_empty_picture_is_no_picture(
    steady_client: FlaskClient, url: str, document: dict[str, Any]
) -> None:
    text = assert_refused(steady_client.post(url, json=document), 400)
    assert text == "picture 0, counted from 0, has 0 bytes"


@pytest.mark.parametrize(
    "path", ["other", "digits/versions/99999999999", "digits/versions/latest"]
)
@pytest.mark.parametrize("protocol", ["v1", "v2"])
def test_unknown_model_or_version_is_told_what_there_is(
    steady_client: FlaskClient, protocol: str, path: str
) -> None:
    text = assert_refused(steady_client.get(f"/{protocol}/models/{path}"), 404)
    assert "'digits'" in text
    assert "/v2/models/digits" in text


def test_picture_of_too_many_pixels_is_refused(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(DIGITS_MAX_PIXELS="784")
    text = base64.b64encode(digits.picture(3)).decode()
    answer = in_json(client, asking(image("BYTES", [1], data=[text])))
    assert_refused(answer, 413)


def test_pictures_together_have_ten_times_the_pixels_of_one(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(DIGITS_MAX_PIXELS=str(240 * 240))
    picture = digits.picture(3)
    for pictures, status in ((10, 200), (11, 413)):
        data = (struct.pack("<I", len(picture)) + picture) * pictures
        answer = in_binary(client, image("BYTES", [pictures]), data)
        assert answer.status_code == status
    assert "picture 10" in assert_refused(answer, 413)


def test_body_over_the_limit_is_refused(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(DIGITS_MAX_UPLOAD_BYTES="2000")
    assert_refused(in_json(client, asking(GOOD) | {"x": "x" * 2000}), 413)


@pytest.mark.parametrize(
    ("coding", "body", "status", "word"),
    [
        pytest.param("br", b"x", 415, "br", id="another coding"),
        pytest.param("gzip, gzip", GZIPPED, 415, "gzip, gzip", id="twice"),
        pytest.param("gzip", b"", 400, "end", id="nothing at all"),
        pytest.param("gzip", b"{}", 400, "gzip", id="not compressed"),
        pytest.param("gzip", GZIPPED[:-9], 400, "end", id="cut"),
        pytest.param("gzip", GZIPPED + b"more", 400, "end", id="something after it"),
        pytest.param("gzip", GZIPPED[:-8] + bytes(8), 400, "gzip", id="a wrong sum"),
        pytest.param("deflate", b"\xff", 400, "deflate", id="no deflate"),
        pytest.param(
            "gzip", gzip.compress(bytes(8 * 2**20 + 1)), 413, "8,388,608", id="a bomb"
        ),
        pytest.param(
            "deflate",
            zlib.compress(bytes(8 * 2**20 + 1)),
            413,
            "8,388,608",
            id="another bomb",
        ),
    ],
)
def test_compressed_body_that_cannot_be_decoded_within_bounds_is_refused(
    steady_client: FlaskClient, coding: str, body: bytes, status: int, word: str
) -> None:
    headers = {"Content-Encoding": coding}
    answer = steady_client.post(INFER, data=body, headers=headers)
    assert word in assert_refused(answer, status)


def test_body_that_does_not_come_in_time_is_refused(
    steady_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(*_: object) -> NoReturn:
        raise RequestTimeout

    monkeypatch.setattr(tensor_body, "read_body", wait)
    assert_refused(in_json(steady_client, asking(GOOD)), 408)


@pytest.mark.parametrize(
    "path",
    [
        "/v2/",
        "/v2/models",
        "/v2/models/other",
        "/v2/models/other/infer",
        "/v2/models/digits/versions/2",
        "/v2/models/digits/versions/0",
        "/v2/models/digits/versions/-1",
        "/v2/models/digits/versions/one",
        "/v2/models/digits/versions/99999999999999999999",
        "/v2/models/digits/versions/2/ready",
        "/v2/health",
        "/v2/repository",
        "/v2/repository/models/digits/load",
        "/v2/models/other/config",
        "/v2/models/digits/versions/2/stats",
    ],
)
def test_unknown_address_model_or_version_is_not_found(
    steady_client: FlaskClient, path: str
) -> None:
    assert_refused(steady_client.get(path), 404)


@pytest.mark.parametrize("version", ["0", "2", "x", "1.0", "-1", "9" * 30])
def test_inference_of_an_unknown_version_is_not_found(
    steady_client: FlaskClient, version: str
) -> None:
    path = f"/v2/models/digits/versions/{version}/infer"
    assert_refused(in_json(steady_client, asking(GOOD), path), 404)


def test_broken_version_is_not_found(client: FlaskClient, store: ModelStore) -> None:
    store.path(2).write_bytes(b"broken")
    versioned = "/v2/models/digits/versions/2"
    assert_refused(client.get(versioned), 404)
    assert_refused(client.get(f"{versioned}/ready"), 404)
    text = assert_refused(in_json(client, asking(GOOD), f"{versioned}/infer"), 404)
    assert "not a complete .npz" in text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", INFER, "POST"), ("POST", "/v2", "GET"), ("PUT", "/v2/health/live", "GET")],
)
def test_wrong_method_is_told_the_right_one(
    steady_client: FlaskClient, method: str, path: str, allowed: str
) -> None:
    answer = steady_client.open(path, method=method)
    assert_refused(answer, 405)
    assert allowed in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/health/ready"),
        ("GET", "/v2/models/digits"),
        ("GET", "/v2/models/digits/ready"),
        ("POST", INFER),
    ],
)
def test_without_a_model_the_answer_is_503(
    bare_client: FlaskClient, method: str, path: str
) -> None:
    answer = bare_client.open(path, method=method)
    assert_refused(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0


# Every value may stand in for every other: so what is nearly right comes up, too.
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        [
            "image",
            "UINT8",
            "INT64",
            "FP16",
            "BYTES",
            "outputs",
            "label",
            "AAAA",
            [1, 784],
            ZEROS,
        ]
    ),
)
NAMES = st.one_of(
    st.sampled_from(
        ["name", "datatype", "shape", "data", "parameters", "inputs", "outputs", "id",
         "binary_data_size", "binary_data", "binary_data_output", "classification"]
    ),
    st.text(max_size=3),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.just("image") | VALUES,
        "datatype": st.sampled_from(DATATYPES) | VALUES,
        "shape": st.sampled_from([[1, 784], [784], [1, 28, 28], [1], [2]]) | VALUES,
        "data": st.sampled_from([ZEROS, [ZEROS], ["AAAA"]]) | VALUES,
        "parameters": VALUES,
    },
)
REQUESTS = VALUES | st.fixed_dictionaries(
    {"inputs": st.lists(ENTRIES, max_size=2)},
    optional={"outputs": VALUES, "parameters": VALUES, "id": VALUES},
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(REQUESTS, st.sampled_from([None, "0", "10", "100"]))
def test_no_json_gives_a_server_error(
    steady_client: FlaskClient, document: Any, length: str | None
) -> None:
    headers = {} if length is None else {JSON_LENGTH: length}
    answer = steady_client.post(INFER, data=json.dumps(document), headers=headers)
    assert answer.status_code < 500
    if answer.status_code != 200:
        assert_refused(answer, answer.status_code)
