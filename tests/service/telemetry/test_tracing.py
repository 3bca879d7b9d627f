"""OpenTelemetry's spans of requests, by its own SDK; and none unless asked for."""

import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from energy import EnergySettings, open_meter
from model_store import Model, ModelStore
from service.app import create_app
from service.config import ServiceConfig
from service.telemetry.otel import OpenTelemetryTracer
from service.telemetry.tracing import NoTracer, open_tracer

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
Spans = dict[str, ReadableSpan]


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traced(
    store: ModelStore, publish: Callable[..., Model], exporter: InMemorySpanExporter
) -> FlaskClient:
    """A client of a service whose spans are kept in memory."""
    publish(store)
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    environ = {"DIGITS_STORE": str(store.root)}
    app = create_app(
        ServiceConfig.from_environ(environ),
        open_meter(EnergySettings(source="none")),
        tracer=OpenTelemetryTracer(provider),
    )
    app.extensions["digits"].models.refresh()
    return app.test_client()


def _finished(exporter: InMemorySpanExporter) -> Spans:
    return {span.name: span for span in exporter.get_finished_spans()}


def test_prediction_is_a_span_of_the_caller_s_trace_with_its_parts_inside(
    traced: FlaskClient, exporter: InMemorySpanExporter, picture: bytes
) -> None:
    header = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
    answer = traced.post(
        "/predict", data=picture, content_type="image/png", headers=header
    )
    spans = _finished(exporter)
    assert set(spans) == {"POST /predict", "decode", "predict"}
    request = spans["POST /predict"]
    assert request.kind is SpanKind.SERVER
    assert request.parent is not None
    assert request.parent.span_id == int(CALLER, 16)
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/predict",
        "http.response.status_code": 200,
        "digits.model_version": 1,
    }
    for part in (spans["decode"], spans["predict"]):
        assert part.parent is not None
        assert part.parent.span_id == request.context.span_id
    for span in spans.values():
        assert span.context.trace_id == int(TRACE, 16)
    own = f"00-{TRACE}-{request.context.span_id:016x}-01"
    assert answer.headers["traceresponse"] == own


def test_without_a_caller_a_trace_begins_here(
    traced: FlaskClient, exporter: InMemorySpanExporter
) -> None:
    answers = [traced.get("/healthz") for _ in range(2)]
    first, second = exporter.get_finished_spans()
    assert first.parent is second.parent is None
    assert first.context.trace_id != second.context.trace_id
    assert f"{first.context.trace_id:032x}" in answers[0].headers["traceresponse"]


def test_caller_that_does_not_sample_is_followed(
    traced: FlaskClient, exporter: InMemorySpanExporter
) -> None:
    traced.get("/healthz", headers={"traceparent": f"00-{TRACE}-{CALLER}-00"})
    assert not exporter.get_finished_spans()


def test_refused_picture_is_no_error_of_ours(
    traced: FlaskClient, exporter: InMemorySpanExporter
) -> None:
    answer = traced.post("/predict", data=b"x", content_type="image/png")
    assert answer.status_code == 422
    spans = _finished(exporter)
    assert (spans["POST /predict"].attributes or {})["http.response.status_code"] == 422
    for span in spans.values():
        assert span.status.is_unset
        assert not span.events


@pytest.mark.usefixtures("fault_of_ours")
def test_fault_of_ours_is_an_error(
    traced: FlaskClient,
    exporter: InMemorySpanExporter,
    picture: bytes,
) -> None:
    answer = traced.post("/predict", data=picture, content_type="image/png")
    assert answer.status_code == 500
    status = _finished(exporter)["POST /predict"].status
    assert status.status_code is StatusCode.ERROR


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_SERVICE_NAME": "digits"},
    ],
)
def test_no_spans_unless_the_environment_asks_for_them(
    environ: Mapping[str, str],
) -> None:
    assert isinstance(open_tracer(environ), NoTracer)


def test_exporter_that_is_not_installed_is_named_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    spans = open_tracer({"OTEL_TRACES_EXPORTER": "console,no_such"})
    assert isinstance(spans, OpenTelemetryTracer)
    assert "no_such" in caplog.text


@pytest.mark.parametrize("asked", ["", "console"])
def test_service_without_opentelemetry_goes_on(asked: str) -> None:
    """In a process where it cannot be imported, as without the extra."""
    program = (
        "import logging, sys; logging.basicConfig()\n"
        "sys.modules['opentelemetry'] = None\n"
        "from service.telemetry.tracing import open_tracer\n"
        f"print(type(open_tracer({{'OTEL_TRACES_EXPORTER': {asked!r}}})).__name__)\n"
    )
    end = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert end.stdout == "NoTracer\n"
    assert ("OTEL" in end.stderr) == bool(asked)


def test_service_without_spans_loads_none_of_opentelemetry() -> None:
    program = "import sys, service.wsgi; print('opentelemetry' in sys.modules)"
    end = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert end.stdout == "False\n"
