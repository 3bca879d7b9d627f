"""Reading bodies with gunicorn's own readers: whole, bounded, and in time."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.unreader import SocketUnreader
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from service.server.deadlines import SlowSenders, TooSlow
from service.web.body import BodyReader
from tests.support.waiting import PATIENCE_S, wait_until

Environ = dict[str, Any]
Pair = tuple[socket.socket, socket.socket]
READER = BodyReader(max_bytes=1000, slow_senders=SlowSenders(seconds=3600))


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A client's end and the server's end of a connection."""
    client, server = socket.socketpair()
    with client, server:
        server.settimeout(PATIENCE_S)  # a test fails rather than waits for ever
        yield client, server


def _announced(server: socket.socket, length: int) -> Environ:
    body = Body(LengthReader(SocketUnreader(server), length))
    return _request(server, body, CONTENT_LENGTH=str(length))


def _chunked(server: socket.socket) -> Environ:
    body = Body(ChunkedReader(None, SocketUnreader(server)))
    return _request(server, body, HTTP_TRANSFER_ENCODING="chunked")


def _request(server: socket.socket, body: Body, **headers: str) -> Environ:
    return {
        "REQUEST_METHOD": "POST",
        "wsgi.input": body,
        "gunicorn.socket": server,
        **headers,
    }


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_announced_body_is_read_whole(pair: Pair, size: int) -> None:
    pair[0].sendall(b"x" * size + b"the next request")
    assert READER.read(_announced(pair[1], size)) == b"x" * size


def test_chunked_body_is_read_whole(pair: Pair) -> None:
    pair[0].sendall(b"3\r\nabc\r\n" * 300 + b"0\r\n\r\n")
    assert READER.read(_chunked(pair[1])) == b"abc" * 300


def test_too_large_a_body_is_refused_before_any_of_it_comes(pair: Pair) -> None:
    with pytest.raises(RequestEntityTooLarge, match="1,000"):
        READER.read(_announced(pair[1], 1001))


def test_chunks_without_end_are_refused_at_the_limit(pair: Pair) -> None:
    pair[0].sendall(b"3\r\nabc\r\n" * 700)  # the client would go on
    with pytest.raises(RequestEntityTooLarge, match="1,000"):
        READER.read(_chunked(pair[1]))


def test_body_shorter_than_announced_is_malformed(pair: Pair) -> None:
    pair[0].sendall(b"abc")
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(BadRequest, match="after 3 of 10 bytes"):
        READER.read(_announced(pair[1], 10))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"zz\r\nabc", id="a size of letters"),
        pytest.param(b"-3\r\nabc\r\n0\r\n\r\n", id="a negative size"),
        pytest.param(b"3\r\nab", id="a chunk cut short"),
        pytest.param(b"3\r\nabcdef\r\n0\r\n\r\n", id="a chunk too long"),
        pytest.param(b"3\r\nabc\r\n", id="no last chunk"),
        pytest.param(b"3\r\nabc\r\n0\r\n", id="a last chunk cut short"),
        pytest.param(b"3;" + b"x" * 9000, id="an endless chunk extension"),
    ],
)
def test_bad_chunking_is_malformed(pair: Pair, sent: bytes) -> None:
    pair[0].sendall(sent)
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(BadRequest, match="malformed"):
        READER.read(_chunked(pair[1]))


def test_connection_that_breaks_is_malformed(pair: Pair) -> None:
    request = _announced(pair[1], 10)
    pair[1].close()
    with pytest.raises(BadRequest, match="malformed"):
        READER.read(request)


@pytest.mark.parametrize("chunked", [False, True])
def test_sender_who_just_waits_is_too_slow(pair: Pair, chunked: bool) -> None:
    senders = SlowSenders(seconds=0)
    reader = BodyReader(max_bytes=1000, slow_senders=senders)
    pair[0].sendall(b"3\r\nab")
    request = _chunked(pair[1]) if chunked else _announced(pair[1], 10)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(reader.read, request)
        wait_until("it is cut off", lambda: _cut_off(senders, reading))
        with pytest.raises(TooSlow, match="not complete in 0 s"):
            reading.result()


def _cut_off(senders: SlowSenders, reading: Future[bytes]) -> bool:
    senders.cut_off_late()
    return reading.done()


def test_body_without_gunicorn_is_there_already() -> None:
    environ = EnvironBuilder(method="POST", data=b"abc").get_environ()
    assert READER.read(environ) == b"abc"
