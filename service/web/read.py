"""POST /read: every digit of a picture, line by line."""

from typing import Any

import numpy as np
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.image import NumberImage, png_data_url
from service.serving.prediction import Predictions, predict, scorer
from service.web.predict import is_true
from service.web.received.body import read_body
from service.web.received.upload import read_image
from service.web.routes import pick_model, record_energy
from service.web.services import services

read = Blueprint("read", __name__)


@read.post("/read")
def read_digits() -> ResponseReturnValue:
    """The picture's text, its digits and their places; see docs/api.md."""
    model = pick_model()
    body = read_body(request.environ, services().config.max_upload_bytes)
    upload = read_image(request.environ, body)
    span = services().access_log.tracer.span
    with span("decode"):
        number = upload.number(services().config.max_pixels, scorer(model))
    with span("predict"):
        pixels = np.stack([glyph.pixels for line in number.lines for glyph in line])
        predictions = predict(model, pixels)
    document = _document(number, predictions, is_true(request.args.getlist("preview")))
    document["model"] = {"version": model.version}
    document["energy"] = record_energy(model, len(predictions))
    return document


def _document(
    number: NumberImage, predictions: Predictions, preview: bool
) -> dict[str, Any]:
    following = iter(predictions)
    lines: list[dict[str, Any]] = []
    for glyphs in number.lines:
        digits = [
            next(following).to_dict()
            | {"box": glyph.box.to_list()}
            | ({"input": png_data_url(glyph.pixels)} if preview else {})
            for glyph in glyphs
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
