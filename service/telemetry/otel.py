"""Spans by OpenTelemetry, named as its conventions for HTTP servers say.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from importlib.metadata import entry_points
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.propagators.textmap import Getter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from model_store import __version__
from service.telemetry.logged_response import MODEL_VERSION, LoggedResponse
from service.telemetry.trace_context import TraceContext

log = logging.getLogger(__name__)

_TOKEN = "digits.otel_token"  # noqa: S105 (of OpenTelemetry's context, no secret)


class _Headers(Getter[Mapping[str, Any]]):
    """Reads headers from a WSGI environment."""

    def get(self, carrier: Mapping[str, Any], key: str) -> list[str] | None:
        value = carrier.get("HTTP_" + key.upper().replace("-", "_"))
        return None if value is None else [value]

    def keys(self, carrier: Mapping[str, Any]) -> list[str]:
        return [key[5:].lower() for key in carrier if key.startswith("HTTP_")]


_HEADERS = _Headers()


class OpenTelemetryTracer:
    """Records a span for each request, and spans inside it."""

    def __init__(self, provider: trace.TracerProvider) -> None:
        self._tracer = provider.get_tracer("digits", __version__)

    def begin(self, environ: dict[str, Any]) -> TraceContext:
        """The request's span begins, in the caller's trace if there is one."""
        caller = propagate.extract(environ, getter=_HEADERS)
        span = self._tracer.start_span("HTTP", caller, trace.SpanKind.SERVER)
        environ[_TOKEN] = context.attach(trace.set_span_in_context(span, caller))
        place = span.get_span_context()
        return TraceContext(
            trace.format_trace_id(place.trace_id),
            trace.format_span_id(place.span_id),
            place.trace_flags,
        )

    def end(self, environ: dict[str, Any], response: LoggedResponse) -> None:
        """The span ends; only a 5xx is an error, as the conventions say."""
        span = trace.get_current_span()
        span.update_name(f"{response.method} {response.route}")
        span.set_attributes(_attributes(environ, response))
        if response.code >= 500:
            span.set_status(trace.StatusCode.ERROR)
        span.end()
        context.detach(environ.pop(_TOKEN))

    def span(self, name: str) -> AbstractContextManager[Any]:
        """A span inside the request's; a picture that is refused is no error."""
        return self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        )


def open_exporters(exporters: Iterable[str]) -> OpenTelemetryTracer:
    """A tracer for these exporters; they read their own settings from OTEL_*."""
    ours = Resource.create({"service.name": "digits", "service.version": __version__})
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()))
    for name in exporters:
        entry = {"otlp": "otlp_proto_http"}.get(name.strip(), name.strip())
        found = entry_points(group="opentelemetry_traces_exporter", name=entry)
        if not found:
            log.warning("OTEL_TRACES_EXPORTER: no exporter %s is installed", name)
        for exporter in found:
            provider.add_span_processor(BatchSpanProcessor(exporter.load()()))
    return OpenTelemetryTracer(provider)


def _attributes(
    environ: Mapping[str, Any], response: LoggedResponse
) -> dict[str, str | int]:
    attributes: dict[str, str | int] = {
        "http.request.method": response.method,
        "http.route": response.route,
        "http.response.status_code": response.code,
    }
    if (version := environ.get(MODEL_VERSION)) is not None:
        attributes["digits.model_version"] = version
    return attributes
