"""POST /read, with a network that knows ten drawn digits."""

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from model_store import Card, ModelStore, Network
from tests.service.image.likeness import plain_forms
from tests.service.image.pictures import black_on_white, encode, placed
from tests.service.image.strokes import Ink, draw

GAP = 40


@pytest.fixture
def client(store: ModelStore, application: Callable[..., Flask]) -> FlaskClient:
    """A client of a service whose network compares with ten plain drawings."""
    forms = plain_forms()[1].astype(np.float32)
    network = Network(
        weights=(forms.T * np.float32(8),),
        biases=(np.zeros(10, np.float32),),
        activation_names=("softmax",),
    )
    card = Card(
        created="2026-01-02T03:04:05+00:00",
        layers=network.layers,
        activations=["softmax"],
        loss="cross-entropy",
    )
    store.publish(network, card)
    app = application()
    app.extensions["digits"].models.refresh()
    return app.test_client()


def line(text: str, length: int = 100) -> Ink:
    """The ink (h, w) of digits side by side."""
    glyphs = [draw(int(digit), length, 12) for digit in text]
    height = max(len(glyph) for glyph in glyphs)
    gap = np.zeros((height, GAP))
    return np.hstack(
        [
            part
            for glyph in glyphs
            for part in (np.pad(glyph, ((0, height - len(glyph)), (0, 0))), gap)
        ]
    )


def png(*texts: str) -> bytes:
    """Lines of digits, one below the other, as a picture."""
    inks = [line(text) for text in texts]
    width = max(ink.shape[1] for ink in inks)
    rows = [np.pad(ink, ((60, 0), (30, width - ink.shape[1] + 30))) for ink in inks]
    return encode(black_on_white(np.pad(np.vstack(rows), ((0, 60), (0, 0)))), "PNG")


def read(client: FlaskClient, body: bytes, query: str = "") -> Any:
    answer = client.post(f"/read{query}", data=body, content_type="image/png")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


@pytest.mark.parametrize("text", ["7", "42", "90210", "1101", "3141592653"])
def test_number_is_read_from_left_to_right(client: FlaskClient, text: str) -> None:
    document = read(client, png(text))
    assert document["text"] == text
    (only,) = document["lines"]
    assert [digit["label"] for digit in only["digits"]] == [int(each) for each in text]
    assert document["others"] == []
    assert document["model"] == {"version": 1}


def test_lines_are_read_from_top_to_bottom(client: FlaskClient) -> None:
    document = read(client, png("40", "917"))
    assert document["text"] == "40\n917"
    assert [each["text"] for each in document["lines"]] == ["40", "917"]


def test_box_is_where_the_digit_is_in_the_picture_as_sent(client: FlaskClient) -> None:
    ink = placed(draw(4, 100, 12), 1500, 2200, y=0.3, x=0.6)
    (rows, columns) = np.nonzero(ink > 0.5)
    body = encode(black_on_white(ink), "PNG")
    ((digit,),) = [each["digits"] for each in read(client, body)["lines"]]
    expected = [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
    assert digit["box"] == pytest.approx(expected, abs=5)


def test_preview_shows_each_digit_as_the_network_saw_it(client: FlaskClient) -> None:
    document = read(client, png("42"), "?preview=true")
    for digit in document["lines"][0]["digits"]:
        shown = base64.b64decode(digit["input"].partition(",")[2])
        assert Image.open(io.BytesIO(shown)).size == (28, 28)


def test_number_may_be_asked_for_in_a_form_as_well(client: FlaskClient) -> None:
    form = {"image": (io.BytesIO(png("42")), "number.png")}
    assert client.post("/read", data=form).get_json()["text"] == "42"


def test_blank_page_holds_no_number(client: FlaskClient) -> None:
    body = encode(Image.new("L", (300, 200), 255), "PNG")
    answer = client.post("/read", data=body, content_type="image/png")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_page_after_a_blank_one_is_read_with_a_warning(client: FlaskClient) -> None:
    blank = Image.new("L", (300, 200), 255)
    second = Image.open(io.BytesIO(png("42")))
    body = encode(blank, "TIFF", save_all=True, append_images=[second])
    document = read(client, body)
    assert document["text"] == "42"
    assert len(document["warnings"]) == 1


def test_explanation_of_each_digit_is_shown_on_request(client: FlaskClient) -> None:
    document = read(client, png("42"), "?explain=1")
    for digit in document["lines"][0]["digits"]:
        assert digit["explanation"].startswith("data:image/png;base64,")
        assert "input" not in digit


@pytest.mark.parametrize(("auroc", "status"), [(None, 200), (0.8, 200), (0.99, 422)])
def test_only_a_model_that_can_tell_finds_no_digit(
    store: ModelStore,
    application: Callable[..., Flask],
    auroc: float | None,
    status: int,
) -> None:
    unsure = Network(
        weights=(np.zeros((784, 10), np.float32),),
        biases=(np.zeros(10, np.float32),),
        activation_names=("softmax",),
    )
    card = Card(
        created="2026-01-02T03:04:05+00:00",
        layers=unsure.layers,
        activations=["softmax"],
        loss="cross-entropy",
        metrics={} if auroc is None else {"non_digits": {"auroc": auroc}},
    )
    store.publish(unsure, card)
    app = application()
    app.extensions["digits"].models.refresh()
    answer = app.test_client().post("/read", data=png("8"), content_type="image/png")
    assert answer.status_code == status
