"""A response as the access log and a span describe it."""

from collections.abc import Sequence
from typing import NamedTuple

# In the environ, once a version has been picked to answer, but not for a draft.
COUNTED_VERSION = "digits.counted_version"
MODEL_VERSION = "digits.model_version"  # in the environ, once a model has answered


class LoggedResponse(NamedTuple):
    """What is about to be sent.

    Attributes:
        method: of a closed set, as in the metrics.
        route: likewise.
        status: "404 NOT FOUND" and the like.
        headers: names and values.
        seconds: from the request's headers to here.
    """

    method: str
    route: str
    status: str
    headers: Sequence[tuple[str, str]]
    seconds: float

    @property
    def code(self) -> int:
        """The number of the status."""
        return int(self.status[:3])

    @property
    def size(self) -> int | None:
        """The bytes of the body; None if they are not known beforehand."""
        for name, value in self.headers:
            if name == "Content-Length":
                return int(value)
        return None
