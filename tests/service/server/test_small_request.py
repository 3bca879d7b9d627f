"""Small requests: read as gunicorn reads them, or left to it."""

import socket
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http import get_parser, wsgi
from hypothesis import given
from hypothesis import strategies as st

from service.server.small_request import MOST_BYTES, answer, read_whole

POST = b"POST /predict HTTP/1.1\r\nHost: digits\r\n"
WHOLE = POST + b"Content-Type: image/png\r\nContent-Length: 3\r\n\r\nabc"
CLIENT, SERVER = ("192.0.2.1", 5), ("127.0.0.1", 8000)
# Of gunicorn's, and not what an application reads.
OTHER_KEYS = {"SERVER_SOFTWARE", "gunicorn.socket"}


def _read(received: bytes) -> dict[str, Any] | None:
    return read_whole(received, CLIENT, SERVER)


def _gunicorns(received: bytes) -> tuple[dict[str, Any], bytes]:
    """The environ that gunicorn makes of it, and the body."""
    client, server = socket.socketpair()
    with client, server:
        client.sendall(received)
        client.shutdown(socket.SHUT_WR)
        request = next(get_parser(Config(), server, CLIENT))
        _, environ = wsgi.create(request, server, CLIENT, SERVER, Config())
        return environ, environ["wsgi.input"].read()


def _texts(environ: dict[str, Any]) -> dict[str, str]:
    return {
        key: value
        for key, value in environ.items()
        if isinstance(value, str) and key not in OTHER_KEYS
    }


def _check_is_gunicorns(received: bytes) -> None:
    environ = _read(received)
    assert environ is not None
    expected, body = _gunicorns(received)
    assert _texts(environ) == _texts(expected)
    assert environ["wsgi.input"].read() == body


def test_plain_request_is_read_as_gunicorn_reads_it() -> None:
    _check_is_gunicorns(WHOLE)


def test_query_is_read_as_gunicorn_reads_it() -> None:
    _check_is_gunicorns(WHOLE.replace(b"/predict", b"/predict?draft=1&rather_than=7"))


@pytest.mark.parametrize(
    "line",
    [
        b"content-type: image/png", b"X-Request-ID:  a b ", b"Empty:", b"A:b:c",
        b"Connection: keep-alive", b"Connection: Keep-Alive", b"Accept: */*",
        b"Authorization: Bearer k", b"X-Forwarded-For: 198.51.100.7",
    ],
)  # fmt: skip
def test_header_is_read_as_gunicorn_reads_it(line: bytes) -> None:
    _check_is_gunicorns(POST + line + b"\r\nContent-Length: 3\r\n\r\nabc")


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6), st.binary(max_size=300))
def test_whatever_is_read_is_what_gunicorn_reads(
    headers: list[tuple[str, str]], body: bytes
) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    head = POST + lines.encode() + b"Content-Length: %d\r\n\r\n" % len(body)
    if _read(head + body) is not None:
        _check_is_gunicorns(head + body)


LEFT_TO_GUNICORN = {
    "nothing": b"",
    "another method": WHOLE.replace(b"POST", b"GET"),
    "another path": WHOLE.replace(b"/predict", b"/predict/batch"),
    "an escaped query": WHOLE.replace(b"/predict", b"/predict?preview=%31"),
    "a query of nothing": WHOLE.replace(b"/predict", b"/predict?"),
    "another path of slashes": WHOLE.replace(b"/predict", b"//predict"),
    "HTTP/1.0": WHOLE.replace(b"1.1", b"1.0"),
    "more than the body": WHOLE + b"d",
    "a second request": WHOLE + WHOLE,
    "a long body": WHOLE.replace(b": 3", b": 30000"),
    "a length of letters": WHOLE.replace(b": 3", b": three"),
    "a signed length": WHOLE.replace(b": 3", b": +3"),
    "two lengths": WHOLE.replace(b"Content-L", b"Content-Length: 3\r\nContent-L"),
    "no length": POST + b"\r\n",
    "no host": WHOLE.replace(b"Host", b"Guest"),
    "two hosts": WHOLE.replace(b"Host", b"Host: a\r\nHost"),
    "chunks": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
    "an expectation": POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "a last request": POST + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc",
    "an upgrade": POST + b"Upgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
    "an underscore": POST + b"X_A: 1\r\nContent-Length: 3\r\n\r\nabc",
    "a space before the colon": POST + b"A : 1\r\nContent-Length: 3\r\n\r\nabc",
    "a folded header": POST + b"A: 1\r\n 2\r\nContent-Length: 3\r\n\r\nabc",
    "a bare line feed": POST + b"A: 1\nContent-Length: 3\r\n\r\nabc",
    "bytes that are no text": POST + b"A: \xff\r\nContent-Length: 3\r\n\r\nabc",
    "a header's end too early": POST + b"\r\nContent-Length: 3\r\n\r\nabc",
}


@pytest.mark.parametrize("received", LEFT_TO_GUNICORN.values(), ids=LEFT_TO_GUNICORN)
def test_rest_is_left_to_gunicorn(received: bytes) -> None:
    assert _read(received) is None


@pytest.mark.parametrize("end", range(len(WHOLE)))
def test_part_of_a_request_is_left_to_gunicorn(end: int) -> None:
    assert _read(WHOLE[:end]) is None


@given(st.binary(max_size=MOST_BYTES))
def test_no_bytes_are_too_much(received: bytes) -> None:
    assert _read(received) is None
    assert _read(POST + received) is None or b"Content-Length" in received


def test_answer_goes_over_the_wire_as_http() -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("418 I'M A TEAPOT", [("Content-Length", "4"), ("A", "b")])
        return [b"no ", b"!"]

    sent = answer(application, {}, keep_alive=False)
    head, _, body = sent.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    assert (status, body) == ("HTTP/1.1 418 I'M A TEAPOT", b"no !")
    assert {"Connection: close", "Content-Length: 4", "A: b"} < set(lines)
    assert b"Connection: keep-alive" in answer(application, {}, keep_alive=True)


def test_answer_is_closed_even_if_it_breaks() -> None:
    class Broken:
        closed = False

        def __iter__(self) -> Any:
            raise OSError

        def close(self) -> None:
            self.closed = True

    broken = Broken()
    with pytest.raises(OSError):  # noqa: PT011 (it says no more)
        answer(lambda _environ, _start: broken, {}, keep_alive=True)
    assert broken.closed
