"""What is noted of each request: its ids, a line in the log, a span. Never its picture.

Works on what every WSGI layer has: the environment, the status, the headers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.telemetry.answer import MODEL_VERSION, Answer
from service.telemetry.log import NO_IDS, current_ids
from service.telemetry.request_id import HEADER, request_id
from service.telemetry.tracing import Spans

Write = Callable[[Mapping[str, str], Mapping[str, Any]], None]


@dataclass(frozen=True)
class Journal:
    """Notes requests.

    Attributes:
        spans: what records spans.
        write: takes the ids and facts of each answered request; None: no such line.
    """

    spans: Spans
    write: Write | None

    def begin(self, environ: dict[str, Any]) -> list[tuple[str, str]]:
        """A request comes in on this thread; the headers that its answer carries."""
        ids = {"request_id": request_id(environ)}
        headers = [(HEADER, ids["request_id"])]
        if place := self.spans.begin(environ):
            ids |= {"trace_id": place.trace_id, "span_id": place.span_id}
            headers.append(("traceresponse", place.header()))
        current_ids.set(ids)
        return headers

    def end(self, environ: dict[str, Any], answer: Answer) -> None:
        """The answer is about to be sent, on the same thread."""
        self.spans.end(environ, answer)
        if self.write:
            self.write(current_ids.get(NO_IDS), _facts(environ, answer))
        current_ids.set(NO_IDS)


def _facts(environ: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    length = environ.get("CONTENT_LENGTH", "")
    return {
        "message": f"{answer.method} {answer.route} {answer.code}",
        "method": answer.method,
        "route": answer.route,
        "status": answer.code,
        "seconds": round(answer.seconds, 6),
        "request_bytes": int(length) if length.isdigit() else None,
        "response_bytes": answer.size,
        "model_version": environ.get(MODEL_VERSION),
    }
