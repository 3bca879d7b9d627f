"""Where the time of a request goes, told to a tracing system if there is one."""

import contextlib
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from service.telemetry.answer import Answer
from service.telemetry.trace_context import TraceContext, parse

log = logging.getLogger(__name__)

_NOTHING: AbstractContextManager[Any] = contextlib.nullcontext()
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Spans(Protocol):
    """Records the span of each request and of its parts."""

    def begin(self, environ: dict[str, Any]) -> TraceContext | None:
        """A request comes in on this thread; its place in a trace, if it is in one."""

    def end(self, environ: dict[str, Any], answer: Answer) -> None:
        """Its answer is known."""

    def part(self, name: str) -> AbstractContextManager[Any]:
        """The block is a part of this thread's request."""


class NoSpans:
    """Records nothing, but keeps the caller's trace id for the log."""

    def begin(self, environ: dict[str, Any]) -> TraceContext | None:
        """The caller's trace, with a span id for this request."""
        given = environ.get("HTTP_TRACEPARENT")
        caller = parse(given) if given else None
        return caller.child() if caller else None

    def end(self, environ: dict[str, Any], answer: Answer) -> None:
        """Nothing was begun."""

    def part(self, name: str) -> AbstractContextManager[Any]:
        """Nothing is recorded."""
        return _NOTHING


def open_spans(environ: Mapping[str, str]) -> Spans:
    """OpenTelemetry's spans if its variables ask for them and it is installed."""
    exporters = environ.get("OTEL_TRACES_EXPORTER", "")
    if not exporters and any(environ.get(name) for name in _ENDPOINTS):
        exporters = "otlp"  # what OpenTelemetry takes by default
    disabled = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if disabled or exporters in {"", "none"}:
        return NoSpans()
    try:  # inside, as it takes a moment to load and is an extra
        from service.telemetry.otel import record_spans  # noqa: PLC0415
    except ModuleNotFoundError as error:
        log.warning("no spans: OTEL_... asks for them, but %s", error)
        return NoSpans()
    return record_spans(exporters.split(","))
