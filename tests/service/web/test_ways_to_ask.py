"""A picture is read in whatever way a real client sends it."""

import base64
import io
from collections.abc import Callable

import pytest
import requests
from flask.testing import FlaskClient
from PIL import Image

from tests.support import digits
from tests.support.asking import Way, ways_to_ask
from tests.support.installation import Service
from tests.support.waiting import TIMEOUT_S


def _small_picture() -> bytes:
    """A PNG that the main thread of a worker answers by itself."""
    with Image.open(io.BytesIO(digits.picture(3))) as image:
        return digits.png(image.resize((60, 60)))


PICTURE = _small_picture()
WAYS = [pytest.param(way, id=way.name) for way in ways_to_ask(PICTURE)]


@pytest.mark.parametrize("way", WAYS)
def test_picture_is_read_as_in_any_other_way(client: FlaskClient, way: Way) -> None:
    expected = client.post("/predict", data=PICTURE, content_type="image/png")
    answer = client.post("/predict", data=way.body, content_type=way.content_type)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["outputs"] == expected.get_json()["outputs"]


@pytest.mark.parametrize("way", WAYS)
def test_real_service_reads_it_too(service: Service, way: Way) -> None:
    headers = {} if way.content_type is None else {"Content-Type": way.content_type}
    answer = requests.post(
        f"{service.url}/predict", data=way.body, headers=headers, timeout=TIMEOUT_S
    )
    assert answer.status_code == 200, answer.text
    assert 0 <= answer.json()["label"] <= 9


def test_curl_t_is_told_to_post(client: FlaskClient) -> None:
    answer = client.put("/predict", data=PICTURE)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"].split(", ")


@pytest.mark.parametrize("before", ["", "data:image/png;base64,"])
def test_base64_in_a_field_of_a_form_is_told_the_way_to_send_it(
    client: FlaskClient, before: str
) -> None:
    text = before + base64.b64encode(PICTURE).decode()
    form = "multipart/form-data"
    answer = client.post("/predict", data={"image": text}, content_type=form)
    assert answer.status_code == 400
    assert '{"image": "..."}' in answer.get_json()["detail"]
    other = client.post("/predict", data={"image": "seven!"}, content_type=form)
    assert "base64" not in other.get_json()["detail"]


def test_parts_of_a_batch_are_known_by_their_first_bytes(client: FlaskClient) -> None:
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="image"%s\r\n\r\n%s\r\n'
        % (head, PICTURE)
        for head in (b"", b'; filename="//[x.png"', b"\r\nContent-Type: image/gif")
    )
    kind = "multipart/form-data; boundary=x"
    answer = client.post("/predict/batch", data=body + b"--x--\r\n", content_type=kind)
    assert [
        set(p) - {"warnings", "feedback"} for p in answer.get_json()["predictions"]
    ] == [{"label", "outputs", "confidence"}] * 3


@pytest.mark.parametrize("value", ["1", "true", "True"])
def test_preview_and_explanation_are_asked_for_by_yes(
    client: FlaskClient, value: str
) -> None:
    path = f"/predict?preview={value}&explain={value}"
    document = client.post(path, data=PICTURE).get_json()
    assert {"input", "explanation"} <= set(document)


@pytest.mark.parametrize("value", ["0", "false", "", "yes", "1&preview=1"])
def test_nothing_else_is_a_yes(client: FlaskClient, value: str) -> None:
    answer = client.post(f"/predict?preview={value}", data=PICTURE)
    assert "input" not in answer.get_json()


def test_compressed_batch_is_refused_as_such(client: FlaskClient) -> None:
    answer = client.post(
        "/predict/batch",
        data={"image": (io.BytesIO(PICTURE), "a.png")},
        headers={"Content-Encoding": "gzip"},
    )
    assert answer.status_code == 415
    assert answer.get_json()["type"] == "/docs#problem-compressed-body"


def test_json_keeps_to_the_pixels_of_a_picture(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(DIGITS_MAX_PIXELS="784")
    (way,) = (w for w in ways_to_ask(PICTURE) if w.name == "JSON with a data URL")
    answer = client.post("/predict", data=way.body, content_type=way.content_type)
    assert answer.status_code == 413
    assert answer.get_json()["type"] == "/docs#problem-too-many-pixels"
