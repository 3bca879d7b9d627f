"""What a service writes: JSON on request, with ids, and nothing of a picture."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from model_store import Model, ModelStore
from service.telemetry.log import set_up_logging
from tests.support import digits
from tests.support.installation import Installation
from tests.support.waiting import wait_until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lines(
    tmp_path_factory: pytest.TempPathFactory, publish: Callable[..., Model]
) -> Lines:
    """The log of a service from its start to its end, each line parsed."""
    place = Installation(tmp_path_factory.mktemp("log"))
    publish(ModelStore(place.store, place.root / "state"))
    broken = place.versions / "000002.npz"
    broken.write_bytes(b"no model")
    with place.serving(DIGITS_LOG_FORMAT="json", DIGITS_WORKERS="1") as service:
        wait_until("the service is ready", service.is_ready)
        ids = {"X-Request-ID": "abc-1", "traceparent": f"00-{TRACE}-{'1' * 16}-01"}
        requests.post(
            f"{service.url}/predict?key=secret-1",
            data=digits.picture(3),
            headers={
                "Content-Type": "image/png",
                "Authorization": "Bearer secret-2",
                **ids,
            },
            timeout=60,
        ).raise_for_status()
        service.get("/no/such/path")
    return [json.loads(line) for line in place.log().splitlines()]


def _of(lines: Lines, **facts: object) -> Lines:
    return [line for line in lines if facts.items() <= line.items()]


def test_every_line_is_an_object_with_time_level_and_message(lines: Lines) -> None:
    for line in lines:
        assert datetime.fromisoformat(line["time"]).utcoffset() is not None
        assert line["level"] in {"INFO", "WARNING", "ERROR"}
        assert line["message"]
    loggers = {line["logger"] for line in lines}
    assert {"gunicorn.error", "service.serving.current_model", "request"} <= loggers


def test_prediction_has_one_line_that_says_all(lines: Lines) -> None:
    (line,) = _of(lines, request_id="abc-1")
    assert line["trace_id"] == TRACE
    assert line["message"] == "POST /predict 200"
    assert (line["method"], line["route"], line["status"]) == ("POST", "/predict", 200)
    assert line["request_bytes"] == len(digits.picture(3))
    assert line["response_bytes"] > 0
    assert line["seconds"] > 0
    assert line["model_version"] == 1


def test_unknown_path_is_a_line_without_a_model(lines: Lines) -> None:
    (line,) = _of(lines, status=404)
    assert (line["route"], line["model_version"]) == ("unmatched", None)


def test_nothing_of_keys_or_queries_is_logged(lines: Lines) -> None:
    assert "secret" not in json.dumps(lines)


def test_nothing_that_was_read_from_the_picture_is_logged(lines: Lines) -> None:
    (line,) = _of(lines, request_id="abc-1")
    assert set(line) == {
        "time", "level", "logger", "pid", "message", "request_id", "trace_id",
        "span_id", "method", "route", "status", "seconds", "request_bytes",
        "response_bytes", "model_version",
    }  # fmt: skip


@pytest.mark.usefixtures("fault_of_ours")
@pytest.mark.parametrize("log_format", ["text", "json"])
def test_traceback_carries_the_id_of_its_request(
    client: FlaskClient,
    picture: bytes,
    log_format: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    set_up_logging(log_format)
    headers = {"Content-Type": "image/png", "X-Request-ID": "abc-3"}
    assert client.post("/predict", data=picture, headers=headers).status_code == 500
    err = capsys.readouterr().err
    assert "ZeroDivisionError: a secret" in err
    if log_format == "json":
        line = json.loads(err)
        assert (line["level"], line["request_id"]) == ("ERROR", "abc-3")
        assert "Traceback" in line["exception"]
    else:
        assert "[abc-3]" in err.splitlines()[0]
