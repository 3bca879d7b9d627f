"""POST /predict/batch: many pictures in one form, one matrix product for them all."""

import io
import json
from typing import Any

import numpy as np
from flask import Blueprint, Request, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import MultiPartParser

from model_store import Model
from service.errors import problem_document, rejected_picture
from service.image import DigitImage, ImageRejected
from service.pixel_budget import PixelBudget
from service.prediction import predict
from service.routes import parts, record_energy
from service.upload import from_part

MOST_PARTS = 1024
Problem = dict[str, Any]

batch = Blueprint("batch", __name__)


@batch.post("/predict/batch")
def predict_batch() -> ResponseReturnValue:
    """A prediction or an error for each picture, in order; see docs/api.md."""
    model = parts().models.get()
    images = read_images(request, parts().bodies.read(request))
    budget = PixelBudget(parts().config.max_pixels)
    document = {
        "predictions": _answers(model, [_digit(image, budget) for image in images]),
        "model": {"version": model.version},
    }
    return Response(json.dumps(document), mimetype="application/json")


def read_images(request: Request, body: bytes) -> list[FileStorage]:
    """The multipart parts named `image`, at least one, in order.

    Raises werkzeug's BadRequest, UnsupportedMediaType, RequestEntityTooLarge.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("send a form with multipart parts named 'image'")
    boundary = request.mimetype_params.get("boundary", "").encode()
    parser = MultiPartParser(_in_memory, max_form_parts=MOST_PARTS)
    try:
        fields, files = parser.parse(io.BytesIO(body), boundary, len(body))
    except ValueError as error:
        raise BadRequest(f"the form is malformed: {error}") from None
    except RequestEntityTooLarge:
        raise RequestEntityTooLarge(f"more than {MOST_PARTS:,} parts") from None
    if "image" in fields:
        raise BadRequest("a part 'image' has no file name, so it is no file")
    images = files.getlist("image")
    if not images:
        raise BadRequest("no part named 'image'")
    return images


def _in_memory(*_: object, **__: object) -> io.BytesIO:
    """Where a part is kept: the body is in memory already, and never on a disk."""
    return io.BytesIO()


def _digit(image: FileStorage, budget: PixelBudget) -> DigitImage | Problem:
    try:
        upload = from_part(image)
        return upload.digit(budget.allow(upload.content))
    except BadRequest as error:
        return problem_document(400, error.description or "")
    except ImageRejected as rejection:
        return rejected_picture(rejection)


def _answers(model: Model, digits: list[DigitImage | Problem]) -> list[dict[str, Any]]:
    read = [digit for digit in digits if isinstance(digit, DigitImage)]
    if not read:
        return [{"error": problem} for problem in digits]
    predictions = iter(predict(model, np.stack([digit.pixels for digit in read])))
    answers = [
        next(predictions).document() | _warnings(digit)
        if isinstance(digit, DigitImage)
        else {"error": digit}
        for digit in digits
    ]
    record_energy(model, len(read))
    return answers


def _warnings(digit: DigitImage) -> dict[str, Any]:
    return {"warnings": list(digit.warnings)} if digit.warnings else {}
