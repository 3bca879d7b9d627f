"""POST /predict: the answer for a good picture, however it is sent."""

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from PIL import Image

from model_store import Model, ModelStore
from model_store.network import probabilities
from service.web.services import Services


def _predict(client: FlaskClient, picture: bytes, query: str = "") -> dict[str, Any]:
    answer = client.post(f"/predict{query}", data=picture, content_type="image/png")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.get_json()
    return document


def _seen(document: dict[str, Any]) -> NDArray[np.uint8]:
    """The (28, 28) pixels of a preview."""
    kind, _, text = document["input"].partition(",")
    assert kind == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "L", (28, 28))
        return np.asarray(image)


def test_prediction_has_the_documented_members_and_no_other(
    client: FlaskClient, picture: bytes
) -> None:
    document = _predict(client, picture)
    document.pop("warnings", None)  # a random network may see no digit
    joules = document["energy"]["joules"]
    assert document == {
        "label": int(np.argmax(document["outputs"])),
        "outputs": document["outputs"],
        "confidence": document["confidence"],
        "model": {"version": 1},
        "energy": {"joules": joules, "source": "estimate"},
        "feedback": {"token": document["feedback"]["token"]},
    }
    assert 0 < joules < 1000
    assert 0 <= document["confidence"] <= 1


def test_outputs_are_the_networks_own_for_the_pixels_of_the_preview(
    client: FlaskClient, model: Model, picture: bytes
) -> None:
    document = _predict(client, picture, "?preview=1")
    pixels = _seen(document).reshape(1, 784)
    outputs = model.network.outputs(pixels)[0]
    assert document["outputs"] == pytest.approx(outputs.tolist())
    assert document["label"] == outputs.argmax()


def test_confidence_is_the_probability_at_the_temperature_of_the_card(
    client: FlaskClient, model: Model, picture: bytes
) -> None:
    document = _predict(client, picture, "?preview=1")
    logits = model.network.logits(_seen(document).reshape(1, 784))
    expected = probabilities(logits, temperature=2.0)[0, document["label"]]
    assert document["confidence"] == pytest.approx(float(expected))
    assert document["confidence"] != pytest.approx(max(document["outputs"]))


@pytest.mark.parametrize("query", ["", "?preview=0", "?preview=", "?other=1"])
def test_preview_is_given_only_on_request(
    client: FlaskClient, picture: bytes, query: str
) -> None:
    assert not {"input", "explanation"} & set(_predict(client, picture, query))


def test_explanation_is_a_larger_picture_of_what_was_seen(
    client: FlaskClient, picture: bytes
) -> None:
    document = _predict(client, picture, "?explain=1")
    assert "input" not in document
    encoded = document["explanation"].removeprefix("data:image/png;base64,")
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
        assert (image.size, image.mode) == ((280, 280), "RGB")


def test_explanation_rather_than_another_digit_differs(
    client: FlaskClient, picture: bytes
) -> None:
    plain = _predict(client, picture, "?explain=1")
    rather = _predict(client, picture, "?explain=1&rather_than=1")
    assert plain["explanation"] != rather["explanation"]


@pytest.mark.parametrize("digit", ["10", "-1", "x", "\u0661"])
def test_what_is_no_digit_explains_nothing(
    client: FlaskClient, picture: bytes, digit: str
) -> None:
    path = f"/predict?explain=1&rather_than={digit}"
    answer = client.post(path, data=picture, content_type="image/png")
    assert answer.status_code == 400
    assert "none of the digits 0 to 9" in answer.get_json()["detail"]


def test_draft_is_answered_alike_and_counted_nowhere(
    client: FlaskClient, picture: bytes, grown: Callable[..., float]
) -> None:
    draft = _predict(client, picture, "?draft=1")
    label = draft["label"]
    assert not grown("digits_predictions_total", label=label, model_version=1)
    assert not grown("digits_prediction_confidence_count")
    final = _predict(client, picture)
    assert draft["outputs"] == final["outputs"]
    assert grown("digits_predictions_total", label=label, model_version=1) == 1


def test_canary_answers_no_draft(
    client_with: Callable[..., FlaskClient],
    store: ModelStore,
    publish: Callable[..., Model],
    picture: bytes,
) -> None:
    publish(store)
    client = client_with(DIGITS_CANARY="1:100")
    assert _predict(client, picture)["model"] == {"version": 1}
    assert _predict(client, picture, "?draft=1")["model"] == {"version": 2}


def test_form_and_body_get_the_same_answer(client: FlaskClient, picture: bytes) -> None:
    form = client.post(
        "/predict?preview=1",
        data={"image": (io.BytesIO(picture), "digit.png", "image/png")},
    ).get_json()
    body = _predict(client, picture, "?preview=1")
    other = {"energy": None, "feedback": None}  # each request has its own
    assert form | other == body | other


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("digit.png", "application/octet-stream", id="type unknown"),
        pytest.param("digit", "application/octet-stream", id="nothing known"),
        pytest.param("digit.jpeg", "image/jpeg", id="another accepted type"),
        pytest.param("../../digit.png", "image/png", id="a path for a name"),
        pytest.param("ziffer sieben, groß.png", "image/png", id="an odd name"),
    ],
)
def test_picture_is_known_by_its_bytes(
    client: FlaskClient, picture: bytes, name: str, kind: str
) -> None:
    answer = client.post(
        "/predict", data={"image": (io.BytesIO(picture), name, kind), "other": "field"}
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("JPEG", "image/jpeg"),
        ("GIF", "image/gif"),
        ("WebP", "image/webp"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_every_accepted_format_shows_the_network_the_same_digit(
    client: FlaskClient, picture: bytes, name: str, kind: str
) -> None:
    file = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.save(file, name)
    answer = client.post("/predict?preview=1", data=file.getvalue(), content_type=kind)
    assert answer.status_code == 200, answer.text
    shown, expected = (
        _seen(document).astype(float)
        for document in (answer.get_json(), _predict(client, picture, "?preview=1"))
    )
    assert np.abs(shown - expected).mean() < 8


def test_energy_is_null_without_a_source(
    client_with: Callable[..., FlaskClient], picture: bytes
) -> None:
    client = client_with(DIGITS_ENERGY_SOURCE="none")
    assert _predict(client, picture)["energy"] is None


def test_energy_is_null_before_the_first_rate_is_known(
    bare_client: FlaskClient,
    services: Services,
    store: ModelStore,
    publish: Callable[..., Model],
    picture: bytes,
) -> None:
    publish(store)
    services.models.refresh()
    assert _predict(bare_client, picture)["energy"] is None
