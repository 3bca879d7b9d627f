"""How every error is answered: the one table, and RFC 9457 problem+json."""

import json

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.http import HTTP_STATUS_CODES

from model_store import (
    CorruptModel,
    ModelNotAllowed,
    ModelNotFound,
    StoreUnavailable,
)
from service import metrics
from service.current_model import NoModel
from service.image import (
    ImageRejected,
    NoDigit,
    TooManyPixels,
    Undecodable,
    UnsupportedFormat,
)
from service.slow_senders import TooSlow

_STATUS: dict[type[Exception], int] = {
    TooSlow: 408,
    TooManyPixels: 413,
    UnsupportedFormat: 415,
    Undecodable: 422,
    NoDigit: 422,
    ModelNotFound: 404,
    CorruptModel: 404,
    ModelNotAllowed: 404,
    StoreUnavailable: 500,
    NoModel: 503,
}
_RETRY_AFTER_S = 5


def problem(status: int, detail: str) -> Response:
    """An RFC 9457 answer; its type is about:blank, so its title is the status's."""
    document = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[status],
        "status": status,
        "detail": detail,
    }
    response = Response(json.dumps(document), status)
    response.mimetype = "application/problem+json"
    if status == 503:
        response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    return response


def register_errors(app: Flask) -> None:
    """Answer the exceptions of the table, werkzeug's own, and the unexpected."""
    for exception in _STATUS:
        app.register_error_handler(exception, _answer_known)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(InternalServerError, _answer_unexpected)


def _answer_known(error: Exception) -> Response:
    if isinstance(error, ImageRejected):
        metrics.REJECTED_IMAGES.labels(error.reason).inc()
    return problem(_STATUS[type(error)], str(error))


def _answer_http(error: HTTPException) -> Response:
    response = problem(error.code or 500, error.description or "")
    for name, value in error.get_headers():  # Allow, Retry-After, WWW-Authenticate
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _answer_unexpected(error: InternalServerError) -> Response:
    """A fault of ours; Flask has logged the traceback."""
    return problem(500, "an unexpected error; the log has its traceback")
