"""gunicorn's worker: who sends half a request and waits does not keep a thread."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn

from service.body import BodyReader
from service.routes import Parts
from service.slow_senders import SlowSenders
from service.worker import Worker
from tests.e2e.waiting import PATIENCE_S

GET = b"GET /healthz HTTP/1.1\r\nHost: digits\r\n"
POST = b"POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"


class _NoPatience(SlowSenders):
    """Everybody is late at once; says how often it began to wait."""

    def __init__(self) -> None:
        super().__init__(seconds=-1)
        self.began = threading.Semaphore(0)

    def watch(self, connection: socket.socket) -> None:
        super().watch(connection)
        self.began.release()

    def cut_off_when_waiting(self, times: int) -> None:
        """Cut off who waits for the `times`-th time: for headers, then for a body."""
        for _ in range(times):
            assert self.began.acquire(timeout=PATIENCE_S)
        self.cut_off_late()


@pytest.fixture
def senders() -> _NoPatience:
    return _NoPatience()


@pytest.fixture
def worker(client: FlaskClient, parts: Parts, senders: _NoPatience) -> Iterator[Worker]:
    """A worker in this process, whose application has a model but no patience."""
    bodies = BodyReader(max_bytes=1000, slow_senders=senders)
    app = client.application
    app.extensions["digits"] = replace(parts, bodies=bodies)
    settings = Config()
    worker = Worker(0, 0, [], None, 30, settings, Logger(settings))
    worker.wsgi = app
    worker.alive = True
    yield worker
    worker.tmp.close()


Handled = Callable[[bytes, int], tuple[bool, bytes]]


@pytest.fixture
def handled(worker: Worker, senders: _NoPatience) -> Handled:
    """Send a part of a request and wait: whether the connection is kept, the answer."""

    def handled(sent: bytes, times: int) -> tuple[bool, bytes]:
        client, server = socket.socketpair()
        with ThreadPoolExecutor(1) as pool, client, server:
            client.sendall(sent)
            connection = TConn(worker.cfg, server, ("127.0.0.1", 1), ("127.0.0.1", 2))
            handling = pool.submit(worker.handle, connection)
            senders.cut_off_when_waiting(times)
            kept = handling.result(timeout=PATIENCE_S)
            server.close()
            return kept, client.recv(65536)

    return handled


@pytest.mark.parametrize(
    "sent",
    [b"G", b"GET / HTTP/1.1\r\n", GET, GET + b"X: a"],
    ids=["a letter", "a request line", "half the headers", "half a header"],
)
def test_headers_that_never_end_do_not_keep_the_thread(
    handled: Handled, sent: bytes
) -> None:
    assert handled(sent, 1) == (False, b"")


def test_body_that_never_ends_is_answered_in_the_end(handled: Handled) -> None:
    kept, answer = handled(POST + b"Content-Length: 99\r\n\r\nabc", 2)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert not kept  # RFC 9110, 15.5.9: the rest must not pass for the next request
