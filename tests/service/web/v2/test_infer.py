"""Inference: the network's own answers, whatever the tensor's type, shape and form."""

import base64
import gzip
import json
import struct
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from model_store import Model, ModelStore
from service.serving.prediction import Predictions, predict
from service.web.received.json_body import LARGE
from service.web.received.tensor import MOST_IMAGES
from service.web.services import Services
from service.web.v2 import routes
from tests.service.web.v2.asking import (
    INFER,
    JSON_LENGTH,
    PIXELS,
    asking,
    image,
    in_binary,
    in_json,
    tensors,
)
from tests.support import digits
from tests.support.waiting import TIMEOUT_S

SHAPES = [(3, 784), (3, 28, 28), (3, 28, 28, 1), (3, 1, 28, 28)]

ROWS = {"UINT8": "u1", "INT32": "<i4", "INT64": "<i8"}
SHARES = {"FP16": "<f2", "FP32": "<f4", "FP64": "<f8"}


def _served(client: FlaskClient) -> Model:
    services: Services = client.application.extensions["digits"]
    return services.models.get()


def _values(datatype: str) -> NDArray[Any]:
    """The same pixels as that datatype holds them."""
    if datatype in ROWS:
        return PIXELS.astype(ROWS[datatype])
    return (PIXELS / 255).astype(SHARES[datatype])


def _assert_network_s(found: dict[str, Any], model: Model, datatype: str) -> None:
    exact = 1e-2 if datatype == "FP16" else 1e-6  # its shares have three digits
    expected = model.network.outputs(PIXELS)
    assert found["outputs"] == pytest.approx(expected, abs=exact)
    assert found["label"].tolist() == model.network.labels(PIXELS).tolist()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("datatype", [*ROWS, *SHARES])
def test_tensor_is_answered_by_the_network_in_each_form(
    steady_client: FlaskClient, datatype: str, shape: tuple[int, ...]
) -> None:
    values = _values(datatype)
    entry = image(datatype, shape)
    binary = in_binary(steady_client, entry, values.tobytes())
    flat = in_json(steady_client, asking({**entry, "data": values.ravel().tolist()}))
    nested = values.reshape(shape).tolist()
    text = in_json(steady_client, asking({**entry, "data": nested}))
    assert binary.mimetype == "application/octet-stream"
    assert text.mimetype == "application/json"
    for answer in (binary, flat, text):
        _assert_network_s(tensors(answer), _served(steady_client), datatype)


@pytest.mark.parametrize("datatype", [*ROWS, *SHARES])
@pytest.mark.parametrize("shape", [(784,), (28, 28)])
def test_one_image_needs_no_batch(
    steady_client: FlaskClient, datatype: str, shape: tuple[int, ...]
) -> None:
    values = _values(datatype)[:1]
    entry = image(datatype, shape)
    nested = values.reshape(shape).tolist()
    for answer in (
        in_binary(steady_client, entry, values.tobytes()),
        in_json(steady_client, asking({**entry, "data": nested})),
    ):
        found = tensors(answer)
        assert found["outputs"].shape == (1, 10)
        expected = _served(steady_client).network.labels(PIXELS[:1])
        assert found["label"].tolist() == expected.tolist()


@pytest.mark.parametrize("datatype", ROWS)
def test_whole_numbers_may_be_written_as_fractions(
    steady_client: FlaskClient, datatype: str
) -> None:
    data = PIXELS.astype(float).tolist()  # 7.0
    found = tensors(in_json(steady_client, asking(image(datatype, data=data))))
    _assert_network_s(found, _served(steady_client), datatype)


@pytest.mark.parametrize(
    "name", ["image", "input_1", "i" * 10**5, "\ud800", ""], ids=lambda n: ascii(n[:9])
)
def test_input_may_have_any_name(steady_client: FlaskClient, name: str) -> None:
    entry = image(data=PIXELS.tolist()) | {"name": name}
    assert set(tensors(in_json(steady_client, asking(entry)))) == {"outputs", "label"}


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
    ],
)
def test_compressed_body_is_read(
    steady_client: FlaskClient, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    text = json.dumps(asking(image(data=PIXELS.tolist()))).encode()
    headers = {"Content-Encoding": coding}
    answer = steady_client.post(INFER, data=compress(text), headers=headers)
    _assert_network_s(tensors(answer), _served(steady_client), "UINT8")


def test_base64_may_be_broken_into_lines(
    steady_client: FlaskClient, picture: bytes
) -> None:
    texts = [base64.b64encode(picture).decode(), base64.encodebytes(picture).decode()]
    texts.append(texts[1].replace("\n", "\r\n"))
    entry = image("BYTES", [3], data=texts)
    outputs = tensors(in_json(steady_client, asking(entry)))["outputs"].tolist()
    assert outputs == [outputs[0]] * 3


@given(arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(784))))
def test_json_and_binary_give_the_same_numbers(
    steady_client: FlaskClient, pixels: np.ndarray[Any, Any]
) -> None:
    entry = image(shape=pixels.shape)
    binary = tensors(in_binary(steady_client, entry, pixels.tobytes()))
    text = tensors(in_json(steady_client, asking({**entry, "data": pixels.tolist()})))
    for name in ("outputs", "label"):
        assert np.array_equal(binary[name], text[name])


def test_encoded_pictures_are_answered_as_predict_answers_them(
    client: FlaskClient,
) -> None:
    pictures = [digits.picture(digit) for digit in (3, 8)]
    data = b"".join(struct.pack("<I", len(p)) + p for p in pictures)
    texts = [base64.b64encode(picture).decode() for picture in pictures]
    entry = image("BYTES", [2])
    binary = tensors(in_binary(client, entry, data))
    text = tensors(in_json(client, asking({**entry, "data": texts})))
    for row, picture in enumerate(pictures):
        alone = client.post("/predict", data=picture, content_type="image/png")
        expected = alone.get_json()
        for found in (binary, text):
            assert found["outputs"][row] == pytest.approx(expected["outputs"], abs=1e-6)
            assert found["label"][row] == expected["label"]


def test_pixels_that_predict_saw_are_answered_like_its_picture(
    client: FlaskClient,
) -> None:
    form = np.zeros((28, 28), dtype=np.uint8)
    form[4:24, 10:18] = 255  # as MNIST's rows lie in their pictures
    picture = digits.png(Image.fromarray(form))
    alone = client.post("/predict?preview=1", data=picture, content_type="image/png")
    url = alone.get_json()["input"]
    shown = base64.b64decode(url.partition(",")[2])
    data = struct.pack("<I", len(shown)) + shown
    found = tensors(in_binary(client, image("BYTES", [1]), data))
    assert found["outputs"][0].tolist() == alone.get_json()["outputs"]


def test_answer_names_the_model_the_version_and_the_request(
    client: FlaskClient,
) -> None:
    entry = image(data=PIXELS.tolist())
    document = in_json(client, asking(entry, id="a \u00fc \ud800")).get_json()
    assert document["model_name"] == "digits"
    assert document["model_version"] == "1"
    assert document["id"] == "a \u00fc \ud800"
    members = {"model_name", "model_version", "id", "outputs"}
    assert set(document) - {"parameters"} == members
    assert "id" not in in_json(client, asking(entry)).get_json()


def test_blank_image_is_answered_with_a_warning(client: FlaskClient) -> None:
    entry = image(data=np.stack([PIXELS[0], np.full(784, 9)]).tolist(), shape=[2, 784])
    told = in_json(client, asking(entry)).get_json()["parameters"]["warnings"]
    assert "image 1: this is probably no digit" in told


def test_members_that_are_null_are_as_good_as_none(client: FlaskClient) -> None:
    entry = image(data=PIXELS.tolist(), parameters=None)
    document = asking(entry, id=None, parameters=None, outputs=None)
    assert set(tensors(in_json(client, document))) == {"outputs", "label"}


def test_parameters_that_change_nothing_are_ignored(client: FlaskClient) -> None:
    entry = image(data=PIXELS.tolist(), parameters={"content_type": "np"})
    document = asking(entry, parameters={"priority": 1, "timeout": 9, "mine": [{}]})
    assert set(tensors(in_json(client, document))) == {"outputs", "label"}


@pytest.mark.parametrize(
    ("outputs", "names", "in_json_too"),
    [
        ([{"name": "label"}], ["label"], []),
        ([{"name": "label"}, {"name": "outputs"}], ["label", "outputs"], []),
        ([], ["outputs", "label"], []),
        (
            [{"name": "outputs", "parameters": {"binary_data": False}},
             {"name": "label", "parameters": {"binary_data": True}}],
            ["outputs", "label"], ["outputs"],
        ),
    ],
)  # fmt: skip
def test_only_the_wanted_outputs_come_in_the_wanted_form_and_order(
    client: FlaskClient, outputs: Any, names: list[str], in_json_too: list[str]
) -> None:
    answer = in_binary(client, image(), PIXELS.tobytes(), outputs=outputs)
    assert list(tensors(answer)) == names
    described = json.loads(answer.data[: int(answer.headers[JSON_LENGTH])])
    assert [o["name"] for o in described["outputs"] if "data" in o] == in_json_too


def test_version_of_the_address_answers(
    client: FlaskClient, store: ModelStore, publish: Callable[..., Model]
) -> None:
    second = publish(store, 7)  # the service has not looked for it yet
    for path, version in ((INFER, "1"), ("/v2/models/digits/versions/2/infer", "2")):
        answer = in_json(client, asking(image(data=PIXELS.tolist())), path)
        assert answer.get_json()["model_version"] == version
    assert tensors(answer)["outputs"] == pytest.approx(second.network.outputs(PIXELS))


def test_older_version_answers_after_a_newer_one_took_over(
    client: FlaskClient,
    store: ModelStore,
    services: Services,
    publish: Callable[..., Model],
    model: Model,
) -> None:
    publish(store, 7)
    services.models.refresh()
    path = "/v2/models/digits/versions/1/infer"
    answer = in_json(client, asking(image(data=PIXELS.tolist())), path)
    assert answer.get_json()["model_version"] == "1"
    assert tensors(answer)["outputs"] == pytest.approx(model.network.outputs(PIXELS))


def test_every_image_is_counted_and_bears_its_part_of_the_energy(
    client: FlaskClient, model: Model, services: Services, grown: Callable[..., float]
) -> None:
    in_binary(client, image(), PIXELS.tobytes())
    services.ledger.tick()
    labels = model.network.labels(PIXELS).tolist()
    for label in range(10):
        counted = grown("digits_predictions_total", label=label, model_version=1)
        assert counted == labels.count(label)
    assert grown("digits_prediction_confidence_count", model_version=1) == 3
    energy = {"model_version": 1, "source": "estimate"}
    assert grown("digits_prediction_energy_joules_count", **energy) == 3
    labels = {"method": "POST", "route": INFER, "code": 200}
    assert grown("digits_http_requests_total", **labels) == 1


def test_tensor_of_as_many_images_as_are_allowed_is_answered(
    client: FlaskClient,
) -> None:
    pixels = np.zeros((MOST_IMAGES, 28, 28, 1), np.uint8)
    entry = image(shape=pixels.shape)
    for answer in (
        in_binary(client, entry, pixels.tobytes()),
        in_json(client, asking({**entry, "data": pixels.tolist()})),
    ):
        assert tensors(answer)["outputs"].shape == (MOST_IMAGES, 10)


def _ask_four_times(client: FlaskClient, padding: int) -> None:
    """Send a tensor with so many spaces after it, four at once."""
    text = json.dumps(asking(image(data=PIXELS.tolist()))) + " " * padding
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: in_json(client, text), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4


def test_small_bodies_do_not_wait_for_each_other(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2)

    def in_company(model: Model, *images: Any) -> Predictions:
        together.wait(TIMEOUT_S)
        return predict(model, *images)

    monkeypatch.setattr(routes, "predict", in_company)
    _ask_four_times(client, padding=0)


def test_large_bodies_are_read_and_answered_one_at_a_time(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = threading.Lock()

    def by_itself(model: Model, *images: Any) -> Predictions:
        assert alone.acquire(blocking=False)
        time.sleep(0.1)  # for the others to come, if they can
        alone.release()
        return predict(model, *images)

    monkeypatch.setattr(routes, "predict", by_itself)
    _ask_four_times(client, padding=LARGE)
