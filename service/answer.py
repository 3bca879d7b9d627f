"""An answer as the log and a span describe it."""

from typing import NamedTuple


class Answer(NamedTuple):
    """What is sent.

    Attributes:
        method: of a closed set, as in the metrics.
        route: likewise.
        status: the HTTP status.
        size: of the body in bytes, None if it is not known beforehand.
        seconds: from the request's headers to here.
        model_version: that of the model that answered, if one did.
    """

    method: str
    route: str
    status: int
    size: int | None
    seconds: float
    model_version: int | None
