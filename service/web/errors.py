"""How every error is answered: one table of kinds, as RFC 9457 or KServe has it."""

import json
import logging
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    RequestTimeout,
    TooManyRequests,
    Unauthorized,
    UnsupportedMediaType,
)

from feedback.corrections.tokens import BadToken
from feedback.errors import (
    DatabaseAway,
    FeedbackError,
    SchemaBehind,
    UnknownCorrection,
    WithdrawnCorrection,
)
from model_store import (
    CorruptModel,
    ModelNotAllowed,
    ModelNotFound,
    ModelWithdrawn,
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
from service.web.problems import ProblemType, Refused

log = logging.getLogger(__name__)

StoreFault = (
    ModelNotFound | ModelNotAllowed | ModelWithdrawn | CorruptModel | StoreUnavailable
)
# The first of an exception's classes that is here, itself first, tells the kind.
_TYPES: dict[type[BaseException], ProblemType] = {
    NoDigit: ProblemType.NO_DIGIT,
    Undecodable: ProblemType.DAMAGED_PICTURE,
    UnsupportedFormat: ProblemType.UNKNOWN_FORMAT,
    TooManyPixels: ProblemType.TOO_MANY_PIXELS,
    Unauthorized: ProblemType.NO_KEY,
    Forbidden: ProblemType.ADMIN_OFF,
    NotFound: ProblemType.NOT_FOUND,
    MethodNotAllowed: ProblemType.METHOD_NOT_ALLOWED,
    RequestTimeout: ProblemType.TOO_SLOW,
    RequestEntityTooLarge: ProblemType.TOO_MANY_BYTES,
    UnsupportedMediaType: ProblemType.UNKNOWN_FORMAT,
    TooManyRequests: ProblemType.RATE_LIMIT,
    HTTPException: ProblemType.BAD_REQUEST,
    ModelNotFound: ProblemType.NO_SUCH_VERSION,
    CorruptModel: ProblemType.NO_SUCH_VERSION,
    ModelNotAllowed: ProblemType.NO_SUCH_VERSION,
    ModelWithdrawn: ProblemType.NO_SUCH_VERSION,
    StoreUnavailable: ProblemType.STORE_UNAVAILABLE,
    BadToken: ProblemType.BAD_TOKEN,
    UnknownCorrection: ProblemType.NOT_FOUND,
    WithdrawnCorrection: ProblemType.NOT_FOUND,
    FeedbackError: ProblemType.DATABASE_UNAVAILABLE,
    NoModel: ProblemType.NO_MODEL,
    TooManyWaiting: ProblemType.OVERLOAD,
    Exception: ProblemType.UNEXPECTED,
}
_RETRY_AFTER_S = 5
_NO_SUCH_ADDRESS = "there is no such address; /docs describes those that there are"
_NO_SUCH_MODEL = (
    "there is no such address: the only model is 'digits', and its versions are the"
    " numbers that /v2/models/digits lists"
)


def problem(problem_type: ProblemType, detail: str) -> Response:
    """An RFC 9457 answer."""
    document = problem_type.to_dict(detail)
    return _answer(problem_type.status, document, "application/problem+json")


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
        case ModelWithdrawn():
            return str(error)
        case ModelNotAllowed(sha256=sha256):
            return f"the version is not on the allow list: its sum is {sha256}"
        case CorruptModel(reason=reason):
            return f"the version is not a model: {reason}"
        case StoreUnavailable(reason=reason):
            return f"the model store or its state cannot be used: {reason}"


def problem_of(error: Exception) -> tuple[ProblemType, str]:
    """The kind of an error, and what the caller is told; counts rejected pictures.

    What is not in the table is a fault of ours: it is logged, and the caller learns
    nothing of it.
    """
    if isinstance(error, Refused):
        return error.problem_type, error.description or ""
    cause = error.rejection if isinstance(error, RejectedAt) else error
    problem_type = next(_TYPES[kind] for kind in type(cause).__mro__ if kind in _TYPES)
    if isinstance(cause, ImageRejected):
        metrics.REJECTED_IMAGES.labels(cause.reason).inc()
    if problem_type is ProblemType.UNEXPECTED:
        log.error("unexpected error", exc_info=error)
        return problem_type, "an unexpected error; the log has its traceback"
    return problem_type, _detail(error)


def _detail(error: Exception) -> str:
    if isinstance(error, MethodNotAllowed):
        return f"this address takes {' and '.join(sorted(error.valid_methods or ()))}"
    if type(error) is NotFound:  # no route has that path
        return _NO_SUCH_ADDRESS
    if isinstance(error, HTTPException):
        return error.description or ""
    if isinstance(error, DatabaseAway | SchemaBehind):  # the log has the address
        return "the database of corrections cannot be used; predictions go on"
    return store_fault(error) if isinstance(error, StoreFault) else str(error)


def error_response(error: Exception, path: str) -> Response:
    """The answer to a request for that path that raised this.

    KServe's protocols have a form of their own.
    """
    problem_type, detail = problem_of(error)
    if f"{path}/".startswith(("/v1/", "/v2/")):
        if type(error) is NotFound:  # no route has that path
            detail = _NO_SUCH_MODEL
        response = _answer(problem_type.status, {"error": detail}, "application/json")
    else:
        response = problem(problem_type, detail)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():  # Allow, Retry-After, WWW-Authenticate
            if name != "Content-Type":
                response.headers[name] = value
    return response


def register_errors(app: Flask) -> None:
    """Let the table answer whatever Flask's views raise."""
    app.register_error_handler(Exception, lambda e: error_response(e, request.path))
