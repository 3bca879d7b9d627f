"""POST /learn/step, and the page /learn: a digit forward and backward, step by step."""

import base64
import json
from typing import Any

import numpy as np
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from numpy.typing import NDArray

from model_store import Model
from service.image import png_data_url
from service.serving.lesson import (
    MOST_STEPS,
    Lesson,
    NotTaught,
    Question,
    teach,
)
from service.serving.other_digits import other_digits
from service.serving.prediction import scorer
from service.web.errors import error_response
from service.web.pages.learn.document import lesson_document, others_document
from service.web.pages.learn.figures import figures
from service.web.pages.learn.request import (
    model_asked_for,
    nodes_asked_for,
    question_of,
    read_form,
    sample_asked_for,
)
from service.web.problems import ProblemType, Refused
from service.web.received.body import read_body
from service.web.received.json_body import one_large, parse_object
from service.web.received.upload import read_image
from service.web.routes import record_energy
from service.web.services import services

learn = Blueprint("learn", __name__)
_FIRST, _WRONG = 60, 8  # a 3, taught to be an 8: the lesson is in what that does


@learn.post("/learn/step")
def step() -> ResponseReturnValue:
    """The passes, the updates and what they did to others, as JSON; see docs/api.md."""
    body = read_body(request.environ, services().config.max_upload_bytes)
    with one_large(body):
        found = parse_object(body)
    model = model_asked_for(found, services())
    pixels = _pixels(found, body, model)
    question = question_of(found, model, pixels)
    document = lesson_document(model, question, _taught(model, question))
    document["energy"] = record_energy(model, 1)
    return Response(json.dumps(document, allow_nan=False), mimetype="application/json")


@learn.get("/learn")
def page() -> ResponseReturnValue:
    """The ten steps of a sample digit, which need no script."""
    model = services().models.get()
    return _page({"truth": _WRONG}, model, other_digits().digit(_FIRST), _FIRST)


@learn.post("/learn")
def other_digit() -> ResponseReturnValue:
    """The same page for what its form asks: another digit, truth, version, alpha."""
    form = read_form(request, services().config.max_upload_bytes)
    model = model_asked_for(form.fields, services())
    pixels, sample = form.drawn, sample_asked_for(form.fields)
    if form.image:
        max_pixels = services().config.max_pixels
        pixels, sample = form.image.digit(max_pixels, scorer(model)).pixels, None
    elif sample is not None or pixels is None:
        sample = _FIRST if sample is None else sample
        pixels = other_digits().digit(sample)
    shown = _page(form.fields, model, pixels, sample)
    record_energy(model, 1)
    return shown


@learn.errorhandler(Exception)
def refused(error: Exception) -> ResponseReturnValue:
    """Programs are told in JSON, people on the page."""
    response = error_response(error, request.path)
    if request.path.endswith("/step"):
        return response
    problem = response.get_json()
    fault = f"{problem['title']}: {problem['detail']}."
    response.set_data(render_template("learn.html", shown=None, fault=fault))
    response.content_type = "text/html; charset=utf-8"
    return response


def _page(
    found: dict[str, Any], model: Model, pixels: NDArray[np.uint8], sample: int | None
) -> str:
    """sample: the number of the digit, None for one that the client brought."""
    question = question_of(found, model, pixels)
    lesson = _taught(model, question)
    shown = {
        "model": model,
        "question": question,
        "lesson": lesson,
        "others": others_document(model, lesson),
        "figures": figures(
            model.network, lesson, nodes_asked_for(found, model.network.layers)
        ),
        "digit": png_data_url(255 - pixels),
        "versions": [*services().catalog.cards()],
        "samples": range(0, len(other_digits().labels), 20),
        "sample": sample,
        "drawn": base64.b64encode(pixels.tobytes()).decode() if sample is None else "",
        "most_steps": MOST_STEPS,
        "asked": {**found, **found.get("weight", {})},
    }
    return render_template("learn.html", shown=shown, fault="")


def _pixels(found: dict[str, Any], body: bytes, model: Model) -> NDArray[np.uint8]:
    """The digit of the sample or of the image. Raises Refused, ImageRejected."""
    sample = sample_asked_for(found)
    if sample is not None and "image" not in found:
        return other_digits().digit(sample)
    if sample is not None:
        raise Refused(ProblemType.SEVERAL_IMAGES, "image and sample; send one")
    upload = read_image({"CONTENT_TYPE": "application/json"}, body)
    image = upload.digit(services().config.max_pixels, scorer(model))
    return image.pixels


def _taught(model: Model, question: Question) -> Lesson:
    try:
        with services().access_log.tracer.span("learn"):
            return teach(model.network, question)
    except NotTaught as error:
        detail = f"version {model.version} cannot be taught: {error}"
        raise Refused(ProblemType.BAD_REQUEST, detail) from None
