"""POST /read: every digit of a picture, line by line."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import numpy as np
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from model_store.network import Pixels
from service.image import NumberImage
from service.serving.prediction import Predictions, least_of_digits, predict, scorer
from service.web.predict import asked_for
from service.web.received.body import read_body
from service.web.received.upload import read_image
from service.web.routes import pick_model, record_energy
from service.web.services import services

# Of a digit's pixels and label: what the query asks to be shown besides.
Shown = Callable[[Pixels, int], dict[str, Any]]

read = Blueprint("read", __name__)


@read.post("/read")
def read_digits() -> ResponseReturnValue:
    """The picture's text, its digits and their places; see docs/api.md."""
    model = pick_model()
    body = read_body(request.environ, services().config.max_upload_bytes)
    upload = read_image(request.environ, body)
    span = services().access_log.tracer.span
    with span("decode"):
        max_pixels, least = services().config.max_pixels, least_of_digits(model)
        number = upload.number(max_pixels, scorer(model), least)
    with span("predict"):
        pixels = np.stack([glyph.pixels for line in number.lines for glyph in line])
        predictions = predict(model, pixels)
    query = parse_qs(request.query_string.decode("latin-1"))
    document = _document(number, predictions, partial(asked_for, query, model))
    document["model"] = {"version": model.version}
    document["energy"] = record_energy(model, len(predictions))
    return document


def _document(
    number: NumberImage, predictions: Predictions, shown: Shown
) -> dict[str, Any]:
    following = iter(predictions)
    lines: list[dict[str, Any]] = []
    for glyphs in number.lines:
        digits = [
            prediction.to_dict()
            | {"box": glyph.box.to_list()}
            | shown(glyph.pixels, prediction.label)
            for glyph, prediction in zip(glyphs, following, strict=False)
        ]
        text = "".join(str(digit["label"]) for digit in digits)
        lines.append({"text": text, "digits": digits})
    document: dict[str, Any] = {
        "text": "\n".join(line["text"] for line in lines),
        "lines": lines,
        "others": [{"box": box.to_list()} for box in number.others],
    }
    if number.warnings:
        document["warnings"] = list(number.warnings)
    return document
