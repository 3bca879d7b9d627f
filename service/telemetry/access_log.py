"""The access log: for each request its ids, a line in the log, a span.

It never holds the picture. It works on what every WSGI layer has: the environ, the
status, the headers.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.telemetry.log import NO_IDS, current_ids
from service.telemetry.logged_response import MODEL_VERSION, LoggedResponse
from service.telemetry.tracing import Tracer

Write = Callable[[Mapping[str, str], Mapping[str, Any]], None]

# A client's own id is taken if it holds nothing that a line of JSON, a shell or a log
# viewer would read as more than a name.
_SAFE_ID = re.compile(r"[\w.:/+=@~-]{1,128}", re.ASCII)


@dataclass(frozen=True)
class AccessLog:
    """Records requests.

    Attributes:
        tracer: records spans.
        write: writes the ids and facts of each answered request; None: no such line.
    """

    tracer: Tracer
    write: Write | None

    def begin(self, environ: dict[str, Any]) -> list[tuple[str, str]]:
        """A request begins on this thread; returns the headers for its response."""
        ids = {"request_id": _request_id(environ)}
        headers = [("X-Request-ID", ids["request_id"])]
        if context := self.tracer.begin(environ):
            ids |= {"trace_id": context.trace_id, "span_id": context.span_id}
            headers.append(("traceresponse", context.header()))
        current_ids.set(ids)
        return headers

    def end(self, environ: dict[str, Any], response: LoggedResponse) -> None:
        """The response is about to be sent, on the same thread."""
        self.tracer.end(environ, response)
        if self.write:
            self.write(current_ids.get(NO_IDS), _facts(environ, response))
        current_ids.set(NO_IDS)


def _request_id(environ: Mapping[str, Any]) -> str:
    """The client's X-Request-ID if it is safe, else 32 random hexadecimal digits."""
    given = environ.get("HTTP_X_REQUEST_ID")
    if given and _SAFE_ID.fullmatch(given):
        return str(given)
    return os.urandom(16).hex()


def _facts(environ: Mapping[str, Any], response: LoggedResponse) -> dict[str, Any]:
    length = environ.get("CONTENT_LENGTH", "")
    return {
        "message": f"{response.method} {response.route} {response.code}",
        "method": response.method,
        "route": response.route,
        "status": response.code,
        "seconds": round(response.seconds, 6),
        "request_bytes": int(length) if length.isdigit() else None,
        "response_bytes": response.size,
        "model_version": environ.get(MODEL_VERSION),
    }
