"""POST /predict/batch: many pictures in one form, each with an answer of its own."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from service.image import read_digit
from service.web.batch import MOST_PARTS
from service.web.services import Services
from tests.service.image.likeness import likeness
from tests.support import digits
from tests.support.installation import Service

PART = (
    b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n%s\r\n%s\r\n'
)
FORM = "multipart/form-data; boundary=x"
PNG = b"Content-Type: image/png\r\n"


def _part(content: bytes, name: bytes = b"image", file: bytes = b"a.png") -> bytes:
    return PART % (name, file, PNG, content)


def _post(client: FlaskClient, *parts: bytes, kind: str = FORM) -> TestResponse:
    body = b"".join([*parts, b"--x--\r\n"])
    return client.post("/predict/batch", data=body, content_type=kind)


def _predictions(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    document = answer.get_json()
    assert set(document) == {"predictions", "model"}
    assert document["model"] == {"version": 1}
    found: list[dict[str, Any]] = document["predictions"]
    return found


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    """A picture of each digit, all of them different."""
    return [digits.picture(digit) for digit in range(10)]


def test_every_picture_is_answered_as_predict_answers_it_in_order(
    client: FlaskClient, pictures: list[bytes]
) -> None:
    batch = _predictions(_post(client, *map(_part, pictures)))
    assert len(batch) == len(pictures)
    for picture, prediction in zip(pictures, batch, strict=True):
        alone = client.post("/predict", data=picture, content_type="image/png")
        expected = alone.get_json()
        assert prediction["label"] == expected["label"]
        assert prediction["outputs"] == pytest.approx(expected["outputs"], abs=1e-6)
        assert prediction["confidence"] == pytest.approx(expected["confidence"])


def test_part_that_fails_carries_its_own_error_and_fails_no_other(
    client: FlaskClient, pictures: list[bytes]
) -> None:
    good = pictures[3]
    blank = digits.png(Image.new("L", (90, 90), 255))
    parts = [
        _part(good),
        PART % (b"image", b"notes.txt", b"Content-Type: text/plain\r\n", b"seven"),
        _part(good[:-40]),
        _part(b""),
        b'--x\r\nContent-Disposition: form-data; name="image"\r\n\r\n7\r\n',
        _part(blank),
        _part(good),
    ]
    first, *failed, last = _predictions(_post(client, *parts))
    assert first["outputs"] == last["outputs"]
    told = {"label", "outputs", "confidence", "feedback"}
    assert set(first) - {"warnings"} == told
    assert [entry["error"]["status"] for entry in failed] == [415, 422, 400, 400, 422]
    for entry in failed:
        assert set(entry) == {"error"}
        assert set(entry["error"]) == {"type", "title", "status", "detail"}


def test_form_in_which_every_part_fails_is_answered_all_the_same(
    client: FlaskClient, grown: Callable[..., float]
) -> None:
    failed = _predictions(_post(client, _part(b"one"), _part(b"two")))
    assert [entry["error"]["status"] for entry in failed] == [422, 422]
    assert grown("digits_rejected_images_total", reason="undecodable") == 2
    assert grown("digits_prediction_confidence_count", model_version=1) == 0


def test_other_fields_are_ignored(client: FlaskClient, picture: bytes) -> None:
    other = _part(b"not for us", name=b"other")
    note = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    assert len(_predictions(_post(client, other, _part(picture), note))) == 1


@pytest.mark.parametrize(
    ("form", "kind", "status"),
    [
        pytest.param([], FORM, 400, id="no part"),
        pytest.param([_part(b"x", name=b"other")], FORM, 400, id="no image"),
        pytest.param(
            [b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\n7\r\n',
             b"--x\r\nContent-Disposition: form-data; name=b\r\n\r\n7\r\n"],
            FORM, 400, id="parts without a name",
        ),
        pytest.param([b"--x\r\n\r\n7\r\n"], FORM, 400, id="a part without headers"),
        pytest.param([b"--x\r\nnothing ends"], FORM, 400, id="no end"),
        pytest.param([b"--x\r\n\xff: \xff\r\n\r\n"], FORM, 400, id="binary headers"),
        pytest.param([], "multipart/form-data", 400, id="no boundary"),
        pytest.param([], 'multipart/form-data; boundary="é"', 400, id="odd boundary"),
        pytest.param([b"\x89PNG"], "image/png", 415, id="a picture as the body"),
        pytest.param([b"image=7"], "application/x-www-form-urlencoded", 415, id="url"),
        pytest.param(
            [_part(b"x")] * (MOST_PARTS + 1), FORM, 413, id="too many parts"
        ),
    ],
)  # fmt: skip
def test_form_that_cannot_be_read_is_a_problem(
    client: FlaskClient, form: list[bytes], kind: str, status: int
) -> None:
    answer = _post(client, *form, kind=kind)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"]


def test_body_over_the_limit_is_refused(
    client_with: Callable[..., FlaskClient], picture: bytes
) -> None:
    parts = [_part(picture)] * 3
    size = sum(map(len, parts)) + len(b"--x--\r\n")
    for limit, status in ((size, 200), (size - 1, 413)):
        client = client_with(DIGITS_MAX_UPLOAD_BYTES=str(limit))
        assert _post(client, *parts).status_code == status


def test_pictures_together_have_ten_times_the_pixels_of_one(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(DIGITS_MAX_PIXELS=str(240 * 240))
    small, large = (
        _part(
            digits.png(Image.open(io.BytesIO(digits.picture(3))).resize((side, side)))
        )
        for side in (60, 240)
    )
    batch = _predictions(_post(client, *[large] * 11, small))
    failed = [entry.get("error", {}).get("status") for entry in batch]
    assert failed == [None] * 10 + [413, 413]
    batch = _predictions(_post(client, *[large] * 9, small, large, small))
    assert ["error" in entry for entry in batch] == [False] * 10 + [True, False]


def test_every_prediction_is_counted_and_bears_its_part_of_the_energy(
    client: FlaskClient, picture: bytes, services: Services, grown: Callable[..., float]
) -> None:
    label = _predictions(_post(client, *[_part(picture)] * 5))[0]["label"]
    services.ledger.tick()
    version = {"model_version": 1}
    assert grown("digits_predictions_total", label=label, **version) == 5
    assert grown("digits_prediction_confidence_count", model_version=1) == 5
    assert grown("digits_prediction_cpu_seconds_count", **version) == 5
    energy = {**version, "source": "estimate"}
    assert grown("digits_prediction_energy_joules_count", **energy) == 5
    assert grown("digits_prediction_energy_joules_sum", **energy) > 0
    assert (
        grown(
            "digits_http_requests_total",
            method="POST", route="/predict/batch", code=200,
        ) == 1
    )  # fmt: skip


def test_each_prediction_shows_what_is_asked_for(
    client: FlaskClient, picture: bytes
) -> None:
    form = {"image": [(io.BytesIO(picture), f"{n}.png") for n in range(2)]}
    answer = client.post("/predict/batch?preview=1&explain=1", data=form)
    for prediction in answer.get_json()["predictions"]:
        assert prediction["input"].startswith("data:image/png;base64,")
        assert prediction["explanation"].startswith("data:image/png;base64,")


def test_without_a_model_the_answer_is_503(bare_client: FlaskClient) -> None:
    answer = _post(bare_client, _part(b"x"))
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"


def test_real_service_answers_as_many_as_are_allowed(
    service: Service, picture: bytes
) -> None:
    # In MNIST's form already, so that nothing has to be searched for.
    pixels = read_digit(picture, 10**6, likeness).pixels.reshape(28, 28)
    small = digits.png(Image.fromarray(pixels))
    files = [("image", (f"{n}.png", small)) for n in range(MOST_PARTS)]
    answer = requests.post(f"{service.url}/predict/batch", files=files, timeout=120)
    assert answer.status_code == 200, answer.text
    predictions = answer.json()["predictions"]
    assert len(predictions) == MOST_PARTS
    assert len({prediction["label"] for prediction in predictions}) == 1
