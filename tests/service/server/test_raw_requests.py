"""Requests from a bare socket: none gives a 5xx, a traceback or a lost worker."""

import json
import socket

import pytest

from tests.support.installation import Installation, Service
from tests.support.sockets import received

GET = b"GET /healthz HTTP/1.1\r\nHost: digits\r\n"
POST = b"POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"Connection: close\r\n\r\n"

PROBLEMS = {
    "a body shorter than announced": POST + b"Content-Length: 9\r\n\r\nabc",
    "a chunk size of letters": CHUNKED + b"zz\r\nabc",
    "a negative chunk size": CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n",
    "a chunk cut short": CHUNKED + b"9\r\nabc",
    "a chunk too long": CHUNKED + b"2\r\nabc\r\n0\r\n\r\n",
    "no last chunk": CHUNKED + b"3\r\nabc\r\n",
    "no chunk": CHUNKED,
    "an endless chunk extension": CHUNKED + b"3;" + b"x" * 9000,
    "a chunk size in another notation": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "a signed chunk size": CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n",
    "a chunk without carriage returns": CHUNKED + b"3\nabc\n0\n\n",
    "endless trailers": CHUNKED + b"3\r\nabc\r\n0\r\n" + b"X: y\r\n" * 9000,
    "a bad trailer": CHUNKED + b"3\r\nabc\r\n0\r\nbad trailer\r\n\r\n",
    "no body at all": POST + END,
}
REFUSALS = {
    "an unknown transfer coding": POST + b"Transfer-Encoding: bogus\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": POST
    + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a length twice": POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a list of lengths": POST + b"Content-Length: 3, 3\r\n\r\nabc",
    "a signed length": POST + b"Content-Length: +3\r\n\r\nabc",
    "a length with an underscore": POST + b"Content-Length: 0_3\r\n\r\nabc",
    "a space before a colon": POST + b"Content-Length : 3\r\n\r\nabc",
    "chunks twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0")
    + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "an endless length": POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "an unknown expectation": POST + b"Expect: tea\r\n" + END,
    "a method in small letters": b"get / HTTP/1.1\r\n" + END,
    "an unknown version": b"GET / HTTP/9.9\r\n" + END,
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "TLS": b"\x16\x03\x01\0\xc8\x01\0\0\xc4\x03\x03" + bytes(range(190)),
    "a proxy's first line": b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + GET + END,
    "a zero byte": GET + b"X: a\0b\r\n" + END,
    "a bare line feed": GET + b"X: a\nY: b\r\n" + END,
    "a bare carriage return": GET + b"X: a\rY: b\r\n" + END,
    "a folded header": GET + b"X: a\r\n b\r\n" + END,
    "a flood of headers": GET + b"X: a\r\n" * 10_000 + END,
    "two hosts": GET + b"Host: other\r\n" + END,
    "HTTP/2 unasked": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an endless path": b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n" + END,
    "an endless header": GET + b"X: " + b"a" * 20_000 + b"\r\n" + END,
    "a header without a colon": GET + b"nonsense\r\n" + END,
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\n" + END,
    "noise": b"\x00\xff\x16\x03\x01" * 9 + b"\r\n\r\n",
}
HARMLESS = {
    "the root of another": GET + b"SCRIPT_NAME: /x\r\n" + END,
    "the path of another": GET + b"PATH_INFO: /x\r\n" + END,
    "two schemes": GET + b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n" + END,
    "HTTP/2 on offer": GET + b"Upgrade: h2c\r\nHTTP2-Settings: AAMA\r\n" + END,
    "a whole address": b"GET http://other/healthz HTTP/1.1\r\nHost: digits\r\n" + END,
    "a length without a body": GET + b"Content-Length: 9\r\n" + END,
    "HTTP/1.0": b"GET /healthz HTTP/1.0\r\n\r\n",
    "odd hosts": b"GET /healthz HTTP/1.1\r\nHost: a b<script>[::\r\n" + END,
}


def _params(table: dict[str, bytes]) -> list[object]:
    return [pytest.param(sent, id=name) for name, sent in table.items()]


def _answer(service: Service, sent: bytes) -> tuple[int, str, bytes]:
    """Send it all and nothing more; the status, the head and the body."""
    address = service.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), 120) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        head, _, body = b"".join(received(connection)).partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode("latin-1"), body


@pytest.mark.parametrize("sent", _params(PROBLEMS))
def test_malformed_body_is_the_client_s_problem(
    service: Service, place: Installation, sent: bytes
) -> None:
    status, head, body = _answer(service, sent)
    assert status == 400, body
    assert "Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == 400
    assert "Traceback" not in place.log()


@pytest.mark.parametrize("sent", _params(REFUSALS))
def test_malformed_request_is_the_client_s_fault(
    service: Service, place: Installation, sent: bytes
) -> None:
    workers = service.workers()
    status, _, body = _answer(service, sent)
    assert 400 <= status < 500, body
    assert service.is_ready()
    assert set(workers) <= set(service.workers())  # another may only have started
    assert "Traceback" not in place.log()


@pytest.mark.parametrize("sent", _params(HARMLESS))
def test_header_of_nobody_we_trust_changes_nothing(
    service: Service, sent: bytes
) -> None:
    assert _answer(service, sent)[::2] == (200, b'{"status":"alive"}\n')


def test_announced_size_is_refused_before_the_body(service: Service) -> None:
    status, _, body = _answer(service, POST + b"Content-Length: 9437184\r\n\r\n")
    assert (status, json.loads(body)["status"]) == (413, 413)


def test_connection_goes_on_after_a_problem(service: Service, picture: bytes) -> None:
    """What was refused leaves nothing behind that the next request would meet."""
    head = POST + b"Content-Length: %d\r\n"
    sent = b"".join(
        (
            head % 4 + b"\r\ntext",
            head.replace(b"image", b"text") % 5 + b"\r\nseven",
            head.replace(b"/predict", b"/nowhere") % 5 + b"\r\nseven",
            head % len(picture) + END + picture,
        )
    )
    _, _, rest = _answer(service, sent)
    statuses = [int(part.split()[0]) for part in rest.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [415, 404, 200]
