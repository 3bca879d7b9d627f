"""Spans of requests for a tracing system, if the environment names one."""

import contextlib
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from service.telemetry.logged_response import LoggedResponse
from service.telemetry.trace_context import TraceContext, parse

log = logging.getLogger(__name__)

_NO_SPAN: AbstractContextManager[Any] = contextlib.nullcontext()
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Tracer(Protocol):
    """Records a span for each request, and spans inside it."""

    def begin(self, environ: dict[str, Any]) -> TraceContext | None:
        """A request begins on this thread; its place in a trace, if it is in one."""

    def end(self, environ: dict[str, Any], response: LoggedResponse) -> None:
        """The request's response is known."""

    def span(self, name: str) -> AbstractContextManager[Any]:
        """The block is a span inside that of this thread's request."""


class NoTracer:
    """Records nothing, but keeps the caller's trace id for the log."""

    def begin(self, environ: dict[str, Any]) -> TraceContext | None:
        """The caller's trace, with a span id for this request."""
        given = environ.get("HTTP_TRACEPARENT")
        caller = parse(given) if given else None
        return caller.child() if caller else None

    def end(self, environ: dict[str, Any], response: LoggedResponse) -> None:
        """Nothing was begun."""

    def span(self, name: str) -> AbstractContextManager[Any]:
        """Nothing is recorded."""
        return _NO_SPAN


def open_tracer(environ: Mapping[str, str]) -> Tracer:
    """OpenTelemetry's spans if its variables ask for them and it is installed."""
    exporters = environ.get("OTEL_TRACES_EXPORTER", "")
    if not exporters and any(environ.get(name) for name in _ENDPOINTS):
        exporters = "otlp"  # OpenTelemetry's default
    disabled = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if disabled or exporters in {"", "none"}:
        return NoTracer()
    try:  # inside, as it takes a moment to load and is an extra
        from service.telemetry.otel import open_exporters  # noqa: PLC0415
    except ModuleNotFoundError as error:
        log.warning("no spans are sent, although OTEL_... asks for them: %s", error)
        return NoTracer()
    return open_exporters(exporters.split(","))
