"""Requests that no HTTP library would send, from a bare socket."""

import json
import socket
from contextlib import suppress

import pytest

from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.sockets import received
from tests.support.waiting import TIMEOUT_S, wait_until

PICTURE = digits.picture(6)
HEAD = b"POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
GET = b"GET /openapi.json HTTP/1.1\r\nHost: digits\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LONGER = HEAD + b"Content-Length: %d\r\n\r\n" % (len(PICTURE) + 100) + PICTURE


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(LONGER, id="a body shorter than announced"),
        pytest.param(CHUNKED + b"zz\r\n" + PICTURE, id="a chunk size of letters"),
        pytest.param(CHUNKED + b"-5\r\nabcde\r\n0\r\n\r\n", id="a negative chunk size"),
        pytest.param(
            CHUNKED + b"%x\r\n" % (len(PICTURE) + 9) + PICTURE,
            id="a chunk shorter than announced",
        ),
        pytest.param(
            CHUNKED + b"%x\r\n" % (len(PICTURE) - 9) + PICTURE + b"\r\n0\r\n\r\n",
            id="a chunk longer than announced",
        ),
        pytest.param(
            CHUNKED + b"%x\r\n" % len(PICTURE) + PICTURE + b"\r\n",
            id="no last chunk",
        ),
    ],
)
def test_malformed_body_is_a_problem_of_the_client(
    service: Service, request_bytes: bytes
) -> None:
    answer = _send(service, request_bytes, close=True)
    _assert_problem(answer, 400)


def test_body_that_stops_half_way_times_out(service: Service) -> None:
    _assert_problem(_send(service, LONGER, close=False), 408)


def test_announced_size_is_refused_before_the_body(service: Service) -> None:
    head = HEAD + b"Content-Length: 9437184\r\n\r\n"
    _assert_problem(_send(service, head, close=False), 413)


def test_good_chunks_are_a_body(service: Service) -> None:
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part) for part in (PICTURE[:99], PICTURE[99:])
    )
    answer = _send(service, CHUNKED + chunks + b"0\r\n\r\n", close=True)
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\x00\xff\x00\xff\r\n\r\n", id="noise"),
        pytest.param(b"GET\r\n\r\n", id="half a request line"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", id="an unknown protocol"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"A" * 100_000, id="an endless header"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_noise_stops_no_worker(service: Service, request_bytes: bytes) -> None:
    workers = service.workers()
    answer = _send(service, request_bytes, close=True)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), answer
    assert service.predict(PICTURE).ok
    assert service.workers() == workers


def test_client_who_never_reads_holds_up_others_only_for_a_while(
    trained: Installation,
) -> None:
    with trained.serving(DIGITS_WORKERS="1", DIGITS_THREADS="1") as service:
        wait_until("the service is ready", service.is_ready)
        with _connected(service) as deaf:
            deaf.settimeout(2)
            with suppress(TimeoutError):
                while True:  # until the service is stuck
                    deaf.sendall(GET * 10)
            assert service.get("/models").ok


def _connected(service: Service) -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_S)


def _send(service: Service, request_bytes: bytes, *, close: bool) -> bytes:
    """The whole answer; `close` tells the server that nothing more will come."""
    with _connected(service) as connection:
        connection.sendall(request_bytes)
        if close:
            connection.shutdown(socket.SHUT_WR)
        return b"".join(received(connection))


def _assert_problem(answer: bytes, status: int) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status
