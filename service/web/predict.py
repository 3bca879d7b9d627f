"""POST /predict: a request's way from its environ to its answer, top to bottom."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs

from werkzeug.exceptions import BadRequest

from feedback.corrections.tokens import Tokens
from model_store import Model
from model_store.network import Pixels
from service.image import SEVERAL, DigitImage, png_data_url
from service.serving.prediction import Prediction, predict, scorer
from service.serving.saliency import saliency, saliency_picture, saliency_text
from service.telemetry.logged_response import COUNTED_VERSION, MODEL_VERSION
from service.web.errors import error_response
from service.web.received.body import read_body
from service.web.received.upload import read_image
from service.web.services import Services

Environ = dict[str, Any]
Query = dict[str, list[str]]

NO_DIGIT = "this is probably no digit"
CPU_BEGAN = "digits.cpu_began"  # in the environ: the thread's CPU seconds at the start
_YES = (["1"], ["true"])


class Predict:
    """A WSGI application (PEP 3333) that reads one digit; see docs/api.md."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._config = services.config
        self._token_key = services.token_key
        self._span = services.access_log.tracer.span

    def __call__(
        self, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer with the prediction, or with what the error table says."""
        try:
            answer = json.dumps(self.answer(environ)).encode()
        except Exception as error:  # noqa: BLE001 (the table has an answer to each)
            refused = error_response(error, environ["PATH_INFO"])
            return refused(environ, start_response)
        length = ("Content-Length", str(len(answer)))
        start_response("200 OK", [("Content-Type", "application/json"), length])
        return [answer]

    def answer(self, environ: Environ) -> dict[str, Any]:
        """The JSON object to answer with. Raises what the error table lists."""
        self._services.admission.check(environ)
        return self.read(environ)

    def read(self, environ: Environ) -> dict[str, Any]:
        """The answer to a client who has been admitted."""
        models = self._services.models
        asked = environ.get("QUERY_STRING")
        query = parse_qs(asked) if asked else {}
        draft = is_true(query.get("draft"))
        # One version answers a whole drawing, else its digit would flicker.
        model = models.get() if draft else models.pick()
        if not draft:
            environ[COUNTED_VERSION] = model.version
        body = read_body(environ, self._config.max_upload_bytes)
        upload = read_image(environ, body)
        with self._span("decode"):
            image = upload.digit(self._config.max_pixels, scorer(model))
        with self._span("predict"):
            (prediction,) = predict(
                model, image.pixels[None], image.certainty, counted=not draft
            )
        document = _document(model, image, prediction)
        document |= token_of(self._token_key.tokens, model, image, prediction)
        document |= asked_for(query, model, image.pixels, prediction.label)
        environ[MODEL_VERSION] = model.version
        cpu_seconds = time.thread_time() - environ[CPU_BEGAN]
        document["energy"] = self._services.ledger.charge(model.version, cpu_seconds)
        return document


def _document(
    model: Model, image: DigitImage, prediction: Prediction
) -> dict[str, Any]:
    document = prediction.to_dict() | {"model": {"version": model.version}}
    return document | warnings_of(image.warnings, prediction)


def token_of(
    tokens: Tokens | None, model: Model, image: DigitImage, prediction: Prediction
) -> dict[str, Any]:
    """The member `feedback` of an answer, with which it can be corrected, if it can."""
    if tokens is None:
        return {}
    pixels, said = image.pixels.tobytes(), (prediction.label, model.version)
    token = tokens.issue(pixels, *said, prediction.confidence, time.time())
    return {"feedback": {"token": token}}


def warnings_of(seen: Sequence[str], prediction: Prediction) -> dict[str, list[str]]:
    """The member `warnings` of an answer, if there is something to know.

    seen: what there is to know about the picture, one sentence each.
    """
    warnings = list(seen)
    if not prediction.is_digit and SEVERAL not in warnings:
        warnings.append(NO_DIGIT)
    return {"warnings": warnings} if warnings else {}


def asked_for(query: Query, model: Model, pixels: Pixels, label: int) -> dict[str, Any]:
    """What the query asks to be shown of (784,) pixels besides.

    Raises BadRequest.
    """
    shown, other = {}, _rather_than(query)
    if is_true(query.get("preview")):
        shown["input"] = png_data_url(pixels)
    if is_true(query.get("explain")):
        shares = saliency(model.network, pixels, label, other)
        shown["explanation"] = saliency_picture(shares, pixels)
        shown["explanation_text"] = saliency_text(shares, label, other)
    return shown


def _rather_than(query: Query) -> int | None:
    """The digit that the label is explained against, if any. Raises BadRequest."""
    digit = query.get("rather_than", [""])[0]
    if digit not in {"", *"0123456789"}:
        raise BadRequest(f"rather_than={digit[:20]!r} is none of the digits 0 to 9")
    return int(digit) if digit else None


def is_true(values: list[str] | None) -> bool:
    """Whether a parameter of the query is 1, or true as some languages write it."""
    return values is not None and [value.lower() for value in values] in _YES
