"""How every error is answered: one table, as RFC 9457 says or KServe's protocols."""

import json
import logging
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from model_store import (
    CorruptModel,
    ModelNotAllowed,
    ModelNotFound,
    StoreUnavailable,
)
from service.image import (
    ImageRejected,
    NoDigit,
    RejectedAt,
    TooManyPixels,
    TooManyWaiting,
    Undecodable,
    UnsupportedFormat,
)
from service.serving.current_model import NoModel
from service.telemetry import metrics

log = logging.getLogger(__name__)

StoreFault = ModelNotFound | ModelNotAllowed | CorruptModel | StoreUnavailable
_STATUS: dict[type[Exception], int] = {
    ModelNotFound: 404,
    CorruptModel: 404,
    ModelNotAllowed: 404,
    StoreUnavailable: 500,
    NoModel: 503,
    TooManyWaiting: 503,
}
_REJECTED: dict[type[ImageRejected], int] = {
    TooManyPixels: 413,
    UnsupportedFormat: 415,
    Undecodable: 422,
    NoDigit: 422,
}
_RETRY_AFTER_S = 5


def problem(status: int, detail: str) -> Response:
    """An RFC 9457 answer."""
    return _answer(status, problem_document(status, detail), "application/problem+json")


def problem_document(status: int, detail: str) -> dict[str, Any]:
    """RFC 9457's object; its type is about:blank, so its title is the status's."""
    return {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": detail,
    }


def rejected_picture(rejection: ImageRejected) -> dict[str, Any]:
    """The problem of a picture that no digit was read from, which is counted."""
    metrics.REJECTED_IMAGES.labels(rejection.reason).inc()
    return problem_document(_REJECTED[type(rejection)], str(rejection))


def _answer(status: int, document: dict[str, Any], mimetype: str) -> Response:
    response = Response(json.dumps(document), status, mimetype=mimetype)
    if status == 503:
        response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    return response


def store_fault(error: StoreFault) -> str:
    """What a caller is told of it: no path, which is for the log."""
    match error:
        case ModelNotFound(version=version):
            return f"the model store holds no version {version}"
        case ModelNotAllowed(sha256=sha256):
            return f"the version is not on the allow list: its sum is {sha256}"
        case CorruptModel(reason=reason):
            return f"the version is not a model: {reason}"
        case StoreUnavailable(reason=reason):
            return f"the model store or its state cannot be used: {reason}"


def error_response(error: Exception, path: str) -> Response:
    """The answer to a request for that path that raised this; counts rejected pictures.

    KServe's protocols have a form of their own. What is not in the table is a fault of
    ours: it is logged, and the caller learns nothing of it.
    """
    status, detail = _told(error)
    if f"{path}/".startswith(("/v1/", "/v2/")):
        response = _answer(status, {"error": detail}, "application/json")
    else:
        response = problem(status, detail)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():  # Allow, Retry-After, WWW-Authenticate
            if name != "Content-Type":
                response.headers[name] = value
    return response


def _told(error: Exception) -> tuple[int, str]:
    """The status, and what the caller is told."""
    if isinstance(error, HTTPException):
        return error.code or 500, error.description or ""
    rejection = error.rejection if isinstance(error, RejectedAt) else error
    if isinstance(rejection, ImageRejected):
        return rejected_picture(rejection)["status"], str(error)
    if isinstance(error, StoreFault):
        return _STATUS[type(error)], store_fault(error)
    if type(error) in _STATUS:
        return _STATUS[type(error)], str(error)
    log.error("unexpected error", exc_info=error)
    return 500, "an unexpected error; the log has its traceback"


def register_errors(app: Flask) -> None:
    """Let the table answer whatever Flask's views raise."""
    app.register_error_handler(Exception, lambda e: error_response(e, request.path))
