"""How every error is answered: one table, as RFC 9457 says or KServe's protocols."""

import json
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError
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
    Undecodable,
    UnsupportedFormat,
)
from service.server.deadlines import TooSlow
from service.serving.current_model import NoModel
from service.telemetry import metrics

StoreFault = ModelNotFound | ModelNotAllowed | CorruptModel | StoreUnavailable
_STATUS: dict[type[Exception], int] = {
    TooSlow: 408,
    ModelNotFound: 404,
    CorruptModel: 404,
    ModelNotAllowed: 404,
    StoreUnavailable: 500,
    NoModel: 503,
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


def refusal(status: int, detail: str) -> Response:
    """The answer to a failed request: a problem, or that of KServe's protocols."""
    if f"{request.path}/".startswith(("/v1/", "/v2/")):
        return _answer(status, {"error": detail}, "application/json")
    return problem(status, detail)


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


def register_errors(app: Flask) -> None:
    """Answer the exceptions of the table, werkzeug's own, and the unexpected."""
    for exception in _STATUS:
        app.register_error_handler(exception, _answer_known)
    app.register_error_handler(ImageRejected, _answer_rejected)
    app.register_error_handler(RejectedAt, _answer_rejected_at)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(InternalServerError, _answer_unexpected)


def _answer_known(error: Exception) -> Response:
    told = store_fault(error) if isinstance(error, StoreFault) else str(error)
    return refusal(_STATUS[type(error)], told)


def _answer_rejected(error: ImageRejected) -> Response:
    document = rejected_picture(error)
    return refusal(document["status"], document["detail"])


def _answer_rejected_at(error: RejectedAt) -> Response:
    document = rejected_picture(error.rejection)
    return refusal(document["status"], str(error))


def _answer_http(error: HTTPException) -> Response:
    response = refusal(error.code or 500, error.description or "")
    for name, value in error.get_headers():  # Allow, Retry-After, WWW-Authenticate
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _answer_unexpected(error: InternalServerError) -> Response:
    """A fault of ours; Flask has logged the traceback."""
    return refusal(500, "an unexpected error; the log has its traceback")
