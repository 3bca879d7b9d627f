"""A request's body, read with gunicorn's own readers: in time, or refused."""

import socket
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from gunicorn.config import Config
from gunicorn.http import get_parser
from werkzeug.exceptions import BadRequest, RequestTimeout

from service.server.deadlines import ReadDeadlines
from service.server.request_body import RequestBody
from tests.support.sockets import Pair
from tests.support.waiting import wait_until

ENOUGH = ReadDeadlines(seconds=3600)


def _body(pair: Pair, header: str, deadlines: ReadDeadlines = ENOUGH) -> RequestBody:
    """The body of a request with that header."""
    pair[0].sendall(f"POST / HTTP/1.1\r\nHost: a\r\n{header}\r\n\r\n".encode())
    request = next(get_parser(Config(), pair[1], ("127.0.0.1", 1)))
    return RequestBody(request, pair[1], deadlines)


def _announced(
    pair: Pair, length: int, deadlines: ReadDeadlines = ENOUGH
) -> RequestBody:
    return _body(pair, f"Content-Length: {length}", deadlines)


def _chunked(pair: Pair, deadlines: ReadDeadlines = ENOUGH) -> RequestBody:
    return _body(pair, "Transfer-Encoding: chunked", deadlines)


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_announced_body_is_read_to_its_end(pair: Pair, size: int) -> None:
    body = _announced(pair, size)
    pair[0].sendall(b"x" * size + b"the next request")
    assert body.read(2000) == b"x" * size


def test_chunked_body_is_read_whole(pair: Pair) -> None:
    body = _chunked(pair)
    pair[0].sendall(b"3\r\nabc\r\n" * 300 + b"0\r\n\r\n")
    assert body.read() == b"abc" * 300


def test_chunks_without_end_are_read_no_further_than_asked(pair: Pair) -> None:
    body = _chunked(pair)
    pair[0].sendall(b"3\r\nabc\r\n" * 700)  # the client would go on
    assert len(body.read(1001)) == 1001


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
    body = _chunked(pair)
    pair[0].sendall(sent)
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(BadRequest, match="malformed"):
        body.read()
    assert body.failed


def test_connection_that_breaks_is_malformed(pair: Pair) -> None:
    body = _announced(pair, 10)
    pair[1].close()
    with pytest.raises(BadRequest, match="malformed"):
        body.read()


@pytest.mark.parametrize("chunked", [False, True])
def test_sender_who_just_waits_is_too_slow(pair: Pair, chunked: bool) -> None:
    deadlines = ReadDeadlines(seconds=0)
    body = _chunked(pair, deadlines) if chunked else _announced(pair, 10, deadlines)
    pair[0].sendall(b"3\r\nab")
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(body.read)
        wait_until("it is cut off", lambda: _cut_off(deadlines, reading))
        with pytest.raises(RequestTimeout, match="not complete in 0 s"):
            reading.result()
    assert body.failed


def _cut_off(deadlines: ReadDeadlines, reading: Future[bytes]) -> bool:
    deadlines.cut_off_late()
    return reading.done()
