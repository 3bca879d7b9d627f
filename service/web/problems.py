"""The kinds of problem that a client is told of (RFC 9457), each with its own URI.

The URI is the same in every installation, for programs to compare, and leads from any
of them to the kind's explanation on the page /docs.
"""

from enum import Enum
from typing import Any

from werkzeug.exceptions import HTTPException


class ProblemType(Enum):
    """One kind of problem.

    Attributes:
        status: the HTTP status that it is answered with.
        title: the kind in a few words; the same for every problem of it.
        meaning: when it comes up.
    """

    NO_IMAGE = 400, "No image", "The request holds no image, or an empty one."
    SEVERAL_IMAGES = (
        400,
        "Several images",
        "The form holds several images; /predict/batch takes them.",
    )
    MALFORMED_FORM = (
        400,
        "Malformed form",
        "The multipart form cannot be read: it is cut, or its Content-Type has no"
        " boundary.",
    )
    BAD_REQUEST = (
        400,
        "Bad request",
        "The request breaks the rules in another way, such as a body that ends early or"
        " JSON that is none.",
    )
    NO_KEY = 401, "No valid key", "A key or token is needed, and this is none."
    ADMIN_OFF = (
        403,
        "Admin calls are off",
        "The service was started without DIGITS_ADMIN_TOKEN.",
    )
    FEEDBACK_OFF = (
        403,
        "Corrections are off",
        "The service was started with DIGITS_FEEDBACK=off.",
    )
    OTHER_SITE = (
        403,
        "Another site",
        "A page of another site sent this, and DIGITS_CORS_ORIGINS does not name it.",
    )
    BAD_TOKEN = (
        403,
        "Bad token",
        "The token is none that the service gave with its answer to this picture, or is"
        " older than 24 hours.",
    )
    NOT_FOUND = 404, "Not found", "There is nothing at this address."
    NO_SUCH_VERSION = (
        404,
        "No such version",
        "The store holds no version of that number, or it is broken or not on the allow"
        " list.",
    )
    METHOD_NOT_ALLOWED = (
        405,
        "Method not allowed",
        "The address takes other methods; Allow names them.",
    )
    TOO_SLOW = 408, "Too slow", "The body was not complete in time."
    TOO_MANY_BYTES = (
        413,
        "Too many bytes",
        "The body is larger than DIGITS_MAX_UPLOAD_BYTES.",
    )
    TOO_MANY_PARTS = 413, "Too many parts", "The form has more parts than are read."
    TOO_MANY_PIXELS = (
        413,
        "Too many pixels",
        "The picture declares more pixels than DIGITS_MAX_PIXELS; the pictures of one"
        " request together, more than ten times as many.",
    )
    UNKNOWN_FORMAT = (
        415,
        "Unknown format",
        "What was sent is no picture in an accepted format; detail names what it is, if"
        " it is known.",
    )
    COMPRESSED_BODY = (
        415,
        "Compressed body",
        "The body has a Content-Encoding; send it as it is.",
    )
    DAMAGED_PICTURE = (
        422,
        "Damaged picture",
        "The picture is announced as an accepted format, but cannot be decoded.",
    )
    NO_DIGIT = 422, "No digit", "The picture shows no digit, as a blank page does."
    BROKEN_VERSION = (
        422,
        "Broken version",
        "The version cannot be served: its file is broken or not on the allow list.",
    )
    RATE_LIMIT = (
        429,
        "Over the rate limit",
        "The client asks more often than DIGITS_RATE_LIMIT allows; Retry-After says"
        " when the next request passes.",
    )
    UNEXPECTED = 500, "Unexpected error", "A fault of the service; see its log."
    NO_MODEL = 503, "No model", "No version of the model is loaded; detail says why."
    STOPPING = (
        503,
        "Stopping",
        "The service is about to stop: it still answers, but is not ready.",
    )
    OVERLOAD = (
        503,
        "Overload",
        "Too many requests are waiting; Retry-After says when to try again.",
    )
    DATABASE_UNAVAILABLE = (
        503,
        "Database unavailable",
        "Corrections cannot be read or stored now; predictions go on.",
    )
    STORE_UNAVAILABLE = (
        503, "Store unavailable",
        "The model store or the state directory cannot be read or written.",
    )  # fmt: skip

    def __init__(self, status: int, title: str, meaning: str) -> None:
        self.status = status
        self.title = title
        self.meaning = meaning

    @property
    def anchor(self) -> str:
        """Where the page /docs explains it."""
        return "problem-" + self.name.lower().replace("_", "-")

    @property
    def uri(self) -> str:
        """What a problem of this kind has as its type."""
        return f"/docs#{self.anchor}"

    def to_dict(self, detail: str) -> dict[str, Any]:
        """A problem of this kind, as RFC 9457 writes it."""
        return {
            "type": self.uri,
            "title": self.title,
            "status": self.status,
            "detail": detail,
        }


class Refused(HTTPException):
    """A request with a problem of a known kind.

    Attributes: problem_type; description, which is the problem's detail.
    """

    def __init__(self, problem_type: ProblemType, detail: str) -> None:
        super().__init__(detail)
        self.problem_type = problem_type
        self.code = problem_type.status
