"""Small requests that have arrived whole, to be answered at once: predictions, health.

gunicorn's parser and response take half of a small prediction's time. So its plainest
form is read and answered here: one POST to /predict, with a plain query or none, in
HTTP/1.1 with a Content-Length, of printable headers that come once each. Whatever is
more or less than that is gunicorn's to judge.
"""

import io
import re
import select
import socket
import sys
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from gunicorn.util import http_date

# Its headers and body together; a digit on a canvas is smaller than this.
MOST_BYTES: Final = 8192
HEALTH_CHECK: Final = re.compile(
    rb"GET /(?:healthz|readyz) HTTP/1\.[01]\r\n"
    rb"(?:(?!content-length|transfer-encoding)[^\r\n]+\r\n)*\r\n",
    re.I,
)
_HEAD: Final = re.compile(
    rb"POST (/predict(?:\?([a-z0-9=&_]+))?) HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9-]+:[ -~]*\r\n)+)\r\n"
)
_LENGTH: Final = re.compile(r"[0-9]{1,4}")
# What these say of the connection or the body is for gunicorn to follow.
_NOT_HERE: Final = frozenset(
    f"HTTP_{name}"
    for name in ("EXPECT", "TE", "TRAILER", "TRANSFER_ENCODING", "UPGRADE")
)
_CONSTANT: Final = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/predict",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def peek(connection: socket.socket, most: int) -> bytes | None:
    """What has arrived, up to that many bytes; None if nothing has yet.

    Nothing is taken away. Empty if the client has closed, or the connection broke.
    """
    try:
        return connection.recv(most, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:  # it broke
        return b""


def is_writable(connection: socket.socket) -> bool:
    """Whether an answer can be sent now; a client that never reads must wait."""
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    return bool(poll.poll(0))


def read_whole(received: bytes, client: Any, server: Any) -> Environ | None:
    """The WSGI environ (PEP 3333) of the one request that was received.

    client, server: (address, port). None if it is another request, has more to come, or
    is not of the plainest form.
    """
    head = _HEAD.match(received)
    if head is None:
        return None
    target, query, headers = (part.decode("ascii") for part in head.groups(b""))
    environ = _headers(headers)
    body = received[head.end() :]
    if environ is None or not _is_length_of(body, environ):
        return None
    return {
        **_CONSTANT,
        **environ,
        "RAW_URI": target,
        "QUERY_STRING": query,
        "wsgi.input": io.BytesIO(body),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
    }


def answer(application: Application, environ: Environ, keep_alive: bool) -> bytes:
    """The application's whole answer, as it goes over the wire."""
    started: list[Any] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], *_error: Any
    ) -> None:
        started[:] = status, headers

    parts = application(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = started
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    head = (
        f"HTTP/1.1 {status}\r\nServer: gunicorn\r\nDate: {_date(int(time.time()))}\r\n"
        f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n{''.join(lines)}\r\n"
    )
    return head.encode("latin-1") + body


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    """The header `Date`, written once a second: it costs 2 % of a prediction."""
    return str(http_date(second))


def _headers(lines: str) -> Environ | None:
    """The headers by their names in an environ; None for those of gunicorn's."""
    environ: Environ = {}
    for line in lines.splitlines():
        name, _, value = line.partition(":")
        key = "HTTP_" + name.upper().replace("-", "_")
        if key in environ or key in _NOT_HERE:
            return None
        environ[key] = value.strip()
    if environ.get("HTTP_CONNECTION", "keep-alive").lower() != "keep-alive":
        return None
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if (value := environ.pop(f"HTTP_{name}", None)) is not None:
            environ[name] = value
    return environ


def _is_length_of(body: bytes, environ: Environ) -> bool:
    length = _LENGTH.fullmatch(environ.get("CONTENT_LENGTH", ""))
    return "HTTP_HOST" in environ and length is not None and len(body) == int(length[0])
