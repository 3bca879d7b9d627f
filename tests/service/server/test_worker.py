"""gunicorn's worker: who sends half a request and waits does not keep a thread."""

import json
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn
from PIL import Image

from service.image.files import turns
from service.server import worker as worker_module
from service.server.deadlines import ReadDeadlines
from service.server.worker import MOST_WAITING, Worker
from service.web.middleware import Middleware
from service.web.services import Services
from tests.support import digits
from tests.support.waiting import TIMEOUT_S

GET = b"GET /healthz HTTP/1.1\r\nHost: digits\r\n"
POST = b"POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"


class _NoTime(ReadDeadlines):
    """Everybody is late at once; says how often it began to wait."""

    def __init__(self) -> None:
        super().__init__(seconds=-1)
        self.began = threading.Semaphore(0)

    def start(self, connection: socket.socket) -> None:
        super().start(connection)
        self.began.release()

    def cut_off_when_waiting(self, times: int) -> None:
        """Cut off who waits for the `times`-th time: for headers, then for a body."""
        for _ in range(times):
            assert self.began.acquire(timeout=TIMEOUT_S)
        self.cut_off_late()


class _Worker(Worker):
    """Says what it gave to its threads, and has none."""

    def __init__(self, settings: Config) -> None:
        super().__init__(0, 0, [], None, 30, settings, Logger(settings))
        self.poller = selectors.DefaultSelector()
        self.tpool = self
        self.submitted: list[Any] = []
        self.deadlines: _NoTime = _NoTime()

    def submit(self, _handle: Any, conn: Any) -> Future[Any]:
        self.submitted.append(conn)
        return Future()


@pytest.fixture
def worker(client: FlaskClient, services: Services) -> Iterator[_Worker]:
    """A worker in this process, whose application has a model but takes no time."""
    app = client.application
    _configure(app, services, max_upload_bytes=9000)
    worker = _Worker(Config())
    worker.wsgi = app
    worker.alive = True
    yield worker
    worker.poller.close()
    worker.tmp.close()


def _configure(app: Flask, services: Services, **settings: Any) -> None:
    """Give an application other settings."""
    config = replace(services.config, **settings)
    app.extensions["digits"] = changed = replace(services, config=config)
    middleware = Middleware(partial(Flask.wsgi_app, app), changed)
    app.wsgi_app = middleware  # type: ignore[method-assign]


Connection = tuple[socket.socket, TConn]
Handled = Callable[[bytes, int], tuple[bool, bytes]]


@pytest.fixture
def handled(worker: _Worker) -> Handled:
    """Send a part of a request and wait: whether the connection is kept, the answer."""

    def handled(sent: bytes, times: int) -> tuple[bool, bytes]:
        client, server = socket.socketpair()
        with ThreadPoolExecutor(1) as pool, client, server:
            client.sendall(sent)
            connection = TConn(worker.cfg, server, ("127.0.0.1", 1), ("127.0.0.1", 2))
            handling = pool.submit(worker.handle, connection)
            worker.deadlines.cut_off_when_waiting(times)
            kept = handling.result(timeout=TIMEOUT_S)
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
    assert b"\r\nConnection: close\r\n" in answer
    assert not kept  # RFC 9110, 15.5.9: the rest must not pass for the next request


@pytest.mark.parametrize(
    ("announced", "status"),
    [(b"Content-Length: 9999", b"413"), (b"Transfer-Encoding: chunked", b"100")],
)
def test_body_is_asked_for_only_if_it_is_wanted(
    handled: Handled, announced: bytes, status: bytes
) -> None:
    """Who expects 100 Continue (RFC 9110, section 10.1.1) sends no body before it."""
    expecting = POST + b"Expect: 100-continue\r\n" + announced + b"\r\n\r\n"
    kept, answer = handled(expecting, 2 if status == b"100" else 1)
    interim, _, final = answer.rpartition(b"HTTP/1.1 ")
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert interim in {b"", b"HTTP/1.1 100 Continue\r\n\r\n"}
    assert b"\r\nConnection: close\r\n" in final
    assert not kept


def test_body_that_was_asked_for_keeps_the_connection(
    worker: Worker, connection: Connection
) -> None:
    client, conn = connection
    client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    with ThreadPoolExecutor(1) as pool:
        conn.data_ready = True
        handling = pool.submit(worker.handle, conn)
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert handling.result(timeout=TIMEOUT_S)
    answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert b"\r\nConnection: keep-alive\r\n" in answer


@pytest.mark.parametrize(
    ("length", "connection_is"), [(65535, b"keep-alive"), (65536, b"close")]
)
def test_answer_says_whether_a_body_that_nobody_reads_ends_the_connection(
    worker: Worker, connection: Connection, length: int, connection_is: bytes
) -> None:
    client, conn = connection
    client.sendall(GET + b"Content-Length: %d\r\n\r\n" % length + bytes(length))
    conn.data_ready = True
    assert worker.handle(conn) == (connection_is == b"keep-alive")
    assert b"\r\nConnection: %s\r\n" % connection_is in client.recv(65536)


def test_body_of_bad_chunks_ends_the_connection_and_says_so(
    worker: Worker, connection: Connection
) -> None:
    client, conn = connection
    client.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
    conn.data_ready = True
    assert not worker.handle(conn)
    answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nConnection: close\r\n" in answer


WHOLE = POST + b"Content-Length: 3\r\n\r\nabc"
PLAIN_PNG = digits.png(Image.new("L", (28, 28), 255))
CHEAP = POST + b"Content-Length: %d\r\n\r\n" % len(PLAIN_PNG) + PLAIN_PNG


@pytest.fixture
def connection(worker: _Worker) -> Iterator[tuple[socket.socket, TConn]]:
    client, server = socket.socketpair()
    client.settimeout(TIMEOUT_S)
    with client, server:
        yield client, TConn(worker.cfg, server, ("127.0.0.1", 1), ("127.0.0.1", 2))


def test_small_prediction_is_answered_without_the_threads(
    worker: _Worker, connection: Connection, picture: bytes
) -> None:
    client, conn = connection
    for _ in range(2):  # new, then kept alive
        client.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(picture) + picture)
        worker.enqueue_req(conn)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert list(worker.keepalived_conns) == [conn]
        worker.poller.unregister(conn.sock)
        worker.keepalived_conns.clear()
    assert not worker.submitted


def test_answer_is_the_same_as_that_of_a_thread(
    worker: _Worker, connection: Connection, picture: bytes
) -> None:
    client, conn = connection
    request = POST + b"X-Request-ID: one\r\nContent-Length: %d\r\n\r\n" % len(picture)
    answers = []
    for answered in (worker.enqueue_req, worker.handle):
        client.sendall(request + picture)
        answered(conn)
        head, _, body = client.recv(65536).partition(b"\r\n\r\n")
        lines = {line for line in head.split(b"\r\n") if not line.startswith(b"Date")}
        lines.remove(b"Content-Length: %d" % len(body))  # the joules' digits vary
        answers.append((lines, {**json.loads(body), "energy": None}))
    assert answers[0] == answers[1]


def test_stopping_worker_answers_and_closes(
    worker: _Worker, connection: Connection, picture: bytes
) -> None:
    client, conn = connection
    worker.alive = False
    client.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(picture) + picture)
    worker.enqueue_req(conn)
    assert b"\r\nConnection: close\r\n" in client.recv(65536)
    assert not worker.keepalived_conns


def test_fault_before_the_application_answers_costs_the_request_alone(
    worker: _Worker, connection: Connection
) -> None:
    def fault(*_: object) -> NoReturn:
        raise ZeroDivisionError

    client, conn = connection
    worker.wsgi.wsgi_app = fault
    client.sendall(CHEAP)
    worker.enqueue_req(conn)
    assert client.recv(65536).startswith(b"HTTP/1.1 500 ")
    assert not worker.keepalived_conns


def test_new_connection_that_says_nothing_keeps_no_thread(
    worker: _Worker, connection: Connection
) -> None:
    worker.enqueue_req(connection[1])
    assert not worker.submitted
    assert list(worker.pending_conns) == [connection[1]]


@pytest.mark.parametrize("path", [b"healthz", b"readyz"])
def test_health_check_is_answered_without_the_threads(
    worker: _Worker, connection: Connection, path: bytes
) -> None:
    client, conn = connection
    client.sendall(GET.replace(b"healthz", path) + b"\r\n")
    worker.enqueue_req(conn)
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert not worker.submitted


@pytest.mark.parametrize(
    "sent",
    [
        b"P",
        GET,
        GET + b"\r\n" + GET,
        GET + b"Content-Length: 3\r\n\r\n",
        GET + b"transfer-encoding: chunked\r\n\r\n",
        GET.replace(b"healthz", b"metrics") + b"\r\n",
        GET.replace(b"healthz", b"healthzz") + b"\r\n",
        CHEAP[:-1],
        CHEAP + CHEAP[:9],
        WHOLE,
    ],
)
def test_rest_goes_to_the_threads(
    worker: _Worker, connection: Connection, sent: bytes
) -> None:
    client, conn = connection
    client.sendall(sent)
    worker.enqueue_req(conn)
    assert worker.submitted == [conn]


def test_fast_path_can_be_switched_off(
    worker: _Worker, services: Services, connection: Connection
) -> None:
    _configure(worker.wsgi, services, fast_path="off")
    client, conn = connection
    client.sendall(CHEAP)
    worker.enqueue_req(conn)
    assert worker.submitted == [conn]


def _most(worker: Worker) -> int:
    """How many requests may be in work or wait for it."""
    threads: int = worker.cfg.threads
    return threads + turns.MOST_WAITING + MOST_WAITING


def _fill(connection: socket.socket) -> None:
    """Send until nothing more can be sent, for nobody reads."""
    connection.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            connection.send(bytes(65536))


def test_client_who_never_reads_does_not_keep_the_thread(
    capfd: pytest.CaptureFixture[str],
    worker: _Worker,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_module, "MOST_SENDING_S", 0.01)
    client, conn = connection
    _fill(conn.sock)
    client.sendall(GET + b"\r\n")
    conn.data_ready = True
    assert not worker.handle(conn)
    assert "Traceback" not in capfd.readouterr().err


def test_client_who_never_reads_is_answered_by_a_thread(
    worker: _Worker, connection: Connection
) -> None:
    client, conn = connection
    _fill(conn.sock)
    client.sendall(CHEAP)
    worker.enqueue_req(conn)
    assert worker.submitted == [conn]


def test_what_was_read_ahead_goes_to_the_threads(
    worker: _Worker, connection: Connection
) -> None:
    client, conn = connection
    client.sendall(GET + b"\r\n" + WHOLE)
    conn.data_ready = True
    worker.handle(conn)
    assert conn.parser.unreader.buf.getvalue()
    worker.enqueue_req(conn)
    assert worker.submitted == [conn]


def test_full_queue_is_answered_at_once_and_no_longer_than_that(
    worker: _Worker, connection: Connection, grown: Callable[..., float]
) -> None:
    client, conn = connection
    worker.nr_conns = _most(worker) + 1
    client.sendall(POST + b"Content-Length: 99999\r\n\r\nabc")
    worker.enqueue_req(conn)
    with client.makefile("rb") as answer:
        head, _, body = answer.read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    for line in (b"Retry-After: 5", b"Connection: close", b"X-Content-Type-Options",
                 b"Content-Type: application/problem+json"):  # fmt: skip
        assert line in head
    assert json.loads(body)["status"] == 503
    labels = {"method": "POST", "route": "unmatched", "code": 503}
    assert grown("digits_http_requests_total", **labels) == 1
    assert not worker.submitted


def test_health_check_is_answered_although_the_queue_is_full(
    worker: _Worker, connection: Connection
) -> None:
    client, conn = connection
    worker.nr_conns = _most(worker) + 1
    client.sendall(GET + b"\r\n")
    worker.enqueue_req(conn)
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_client_that_does_not_close_is_not_waited_for(
    worker: _Worker, connection: Connection
) -> None:
    client, conn = connection
    worker.nr_conns = 1
    client.sendall(GET + b"Connection: close\r\n\r\n")
    worker.enqueue_req(conn)
    with client.makefile("rb") as answer:
        assert answer.read().startswith(b"HTTP/1.1 200 ")
    client.sendall(b"more")
    worker.wait_for_and_dispatch_events(TIMEOUT_S)
    assert list(worker.pending_conns) == [conn]
    client.shutdown(socket.SHUT_WR)
    worker.wait_for_and_dispatch_events(TIMEOUT_S)
    assert (worker.nr_conns, list(worker.pending_conns)) == (0, [])


def test_client_that_never_closes_is_left_in_the_end(
    worker: _Worker, connection: Connection
) -> None:
    client, conn = connection
    worker.nr_conns = 1
    client.sendall(GET + b"Connection: close\r\n\r\n")
    worker.enqueue_req(conn)
    conn.timeout = 0.0
    worker.murder_pending()
    assert (worker.nr_conns, list(worker.pending_conns)) == (0, [])


def test_connection_that_the_client_has_closed_is_no_request(
    worker: _Worker, connection: Connection
) -> None:
    client, conn = connection
    worker.nr_conns = _most(worker) + 1
    client.close()
    worker.enqueue_req(conn)
    assert worker.nr_conns == _most(worker)
    assert not worker.submitted
    assert not worker.pending_conns
