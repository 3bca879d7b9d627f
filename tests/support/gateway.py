"""A gateway before a bucket, which a test lets fail in the ways that real ones do."""

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Headers = dict[str, str]


@dataclass
class Asked:
    """A request on its way, which a fault may change."""

    method: str
    path: str
    headers: Headers


@dataclass
class Answered:
    """The bucket's answer; a fault may change it, or lose it."""

    status: int
    headers: Headers
    body: bytes
    is_lost: bool = False


@dataclass
class Gateway:
    """Passes requests on to `endpoint`.

    Attributes:
        asked: every request so far, as "GET /bucket/key".
        on_request: may change a request, or answer it in the bucket's place.
        on_answer: may change an answer.
    """

    endpoint: str
    asked: list[str] = field(default_factory=list)
    on_request: Callable[[Asked], Answered | None] = lambda _asked: None
    on_answer: Callable[[Asked, Answered], None] = lambda _asked, _answer: None

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Gateway":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked, body: bytes) -> Answered:
        self.asked.append(f"{asked.method} {asked.path}")
        if answered := self.on_request(asked):
            return answered
        answered = self._pass_on(asked, body)
        self.on_answer(asked, answered)
        return answered

    def _pass_on(self, asked: Asked, body: bytes) -> Answered:
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.netloc, timeout=30)
        try:
            connection.request(asked.method, asked.path, body, asked.headers)
            response = connection.getresponse()
            headers = dict(response.getheaders())
            return Answered(response.status, headers, response.read())
        finally:
            connection.close()


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, dict(self.headers.items()))
            answered = gateway.answer(asked, body)
            if answered.is_lost:
                self.close_connection = True
                return
            self.send_response(answered.status)
            kept = {"content-length": str(len(answered.body))}
            kept |= {k.lower(): v for k, v in answered.headers.items()}
            for name, value in kept.items():
                if name not in ("transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered.body)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """The test's output stays readable."""

    return Handler
