"""POST /predict/batch: many pictures in one form, one matrix product for them all."""

import json
from typing import Any
from urllib.parse import parse_qs

import numpy as np
from flask import Blueprint, Request, Response, request
from flask.typing import ResponseReturnValue

from model_store import Model
from service.image import DigitImage, ImageRejected, Score
from service.serving.prediction import Prediction, predict, scorer
from service.web.errors import problem_of
from service.web.predict import asked_for, token_of, warnings_of
from service.web.problems import ProblemType, Refused
from service.web.received.body import read_body
from service.web.received.multipart import Part, parts_of
from service.web.received.upload import (
    PixelBudget,
    from_part,
    is_image,
    refuse_compressed,
)
from service.web.routes import pick_model, record_energy
from service.web.services import services

MOST_PARTS = 1024
Problem = dict[str, Any]

batch = Blueprint("batch", __name__)


@batch.post("/predict/batch")
def predict_batch() -> ResponseReturnValue:
    """A prediction or an error for each picture, in order; see docs/api.md."""
    model = pick_model()
    body = read_body(request.environ, services().config.max_upload_bytes)
    images = read_images(request, body)
    budget = PixelBudget(services().config.max_pixels)
    with services().access_log.tracer.span("decode"):
        digits = [_digit(image, budget, scorer(model)) for image in images]
    document = {
        "predictions": _answers(model, digits),
        "model": {"version": model.version},
    }
    return Response(json.dumps(document), mimetype="application/json")


def read_images(request: Request, body: bytes) -> list[Part]:
    """The multipart parts named `image`, at least one, in order. Raises Refused."""
    refuse_compressed(request.environ)
    if request.mimetype != "multipart/form-data":
        raise Refused(
            ProblemType.UNKNOWN_FORMAT, "send a form with multipart parts named 'image'"
        )
    parts = parts_of(body, request.content_type or "", MOST_PARTS)
    images = [part for part in parts if part.name == "image"]
    if not images:
        raise Refused(ProblemType.NO_IMAGE, "no part named 'image'")
    return images


def _digit(image: Part, budget: PixelBudget, score: Score) -> DigitImage | Problem:
    try:
        if not is_image(image):
            raise Refused(ProblemType.NO_IMAGE, "the part is no file and no picture")
        upload = from_part(image)
        return upload.digit(budget.allow(upload.content), score)
    except (Refused, ImageRejected) as error:
        problem_type, detail = problem_of(error)
        return problem_type.to_dict(detail)


def _answers(model: Model, digits: list[DigitImage | Problem]) -> list[dict[str, Any]]:
    read = [digit for digit in digits if isinstance(digit, DigitImage)]
    if not read:
        return [{"error": problem} for problem in digits]
    with services().access_log.tracer.span("predict"):
        pixels = np.stack([digit.pixels for digit in read])
        predictions = iter(predict(model, pixels, [digit.certainty for digit in read]))
    answers = [
        _answer(model, digit, next(predictions))
        if isinstance(digit, DigitImage)
        else {"error": digit}
        for digit in digits
    ]
    record_energy(model, len(read))
    return answers


def _answer(model: Model, digit: DigitImage, prediction: Prediction) -> dict[str, Any]:
    told = prediction.to_dict() | warnings_of(digit.warnings, prediction)
    told |= token_of(services().token_key.tokens, model, digit, prediction)
    query = parse_qs(request.query_string.decode("latin-1"))
    return told | asked_for(query, model, digit.pixels, prediction.label)
