"""gunicorn's threaded worker; small requests without its threads, and no long queue.

A thread of the pool is for what may take long: a large body, a slow sender, a large
picture. To hand it a request that needs a fraction of a millisecond costs more than to
answer it, for the threads then fight for the interpreter's lock. So the main thread
itself answers each small prediction request that has arrived whole, and the health
checks, which so are answered whatever the threads do.

gunicorn queues requests for its threads without end, waits for a client to read without
end, and for it to close for up to 2 s in the main thread. Here all that is bounded.
"""

import errno
import os
import re
import selectors
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidHeader,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from service.server.arrived import peek, takes_answers
from service.server.deadlines import SlowSenders
from service.server.overload import overloaded
from service.server.rebalancing import Newcomers
from service.server.request_body import RequestBody
from service.server.small_request import MOST_BYTES, Environ, answer, read_whole

HEALTH_CHECK: Final = re.compile(
    rb"GET /(?:healthz|readyz) HTTP/1\.[01]\r\n"
    rb"(?:(?!content-length|transfer-encoding)[^\r\n]+\r\n)*\r\n",
    re.I,
)
# Beyond these a request would wait for a thread longer than its sender does.
MOST_WAITING: Final = 256
# Who reads nothing for so long never will; a body's end SlowSenders declare before.
MOST_SENDING_S: Final = 20.0


class Worker(ThreadWorker):  # type: ignore[misc]
    """Waits for headers no longer than for bodies; a bad request is the client's."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._newcomers = Newcomers()

    def run(self) -> None:
        """Take up connections; the older workers leave it some."""
        self._newcomers.join(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) / "newcomer")
        super().run()

    def enqueue_req(self, conn: Any) -> None:
        """Answer a small request now, wait for nothing, leave the rest to threads.

        gunicorn calls this in the main thread, for each connection that is new, that
        has become readable, or of which more was read than one request.
        """
        read_ahead = conn.initialized and conn.parser.unreader.buf.getvalue()
        received = b"" if read_ahead else peek(conn.sock, MOST_BYTES + 1)
        if received is None:
            self.finish_request(conn, _done(_DEFER))
        elif not received and not read_ahead:  # the client has closed
            self._hang_up(conn)
        elif (answers := self._at_once(received, conn)) is not None:
            self.finish_request(conn, _done(answers()))
        elif self._waiting() <= MOST_WAITING:
            super().enqueue_req(conn)
        else:
            with suppress(OSError):  # it hung up, or does not read
                conn.sock.send(overloaded(received), socket.MSG_DONTWAIT)
            self._linger(conn)

    def _at_once(self, received: bytes, conn: Any) -> Callable[[], Any] | None:
        """What answers this request in the main thread; None if a thread should.

        It says whether the connection is kept.
        """
        if not takes_answers(conn.sock):
            return None
        if HEALTH_CHECK.fullmatch(received):
            conn.data_ready = True
            return partial(self.handle, conn)
        environ = read_whole(received, conn.client, conn.server)
        if environ is None:
            return None
        return partial(self._answer, environ, len(received), conn)

    def _answer(self, environ: Environ, length: int, conn: Any) -> bool:
        """Take the request, which was only peeked at, off the connection; answer it."""
        conn.init()
        keep_alive = self._keeps(conn)
        try:
            conn.sock.recv(length)
            conn.sock.sendall(answer(self.wsgi, environ, keep_alive))
        except OSError:  # it hung up
            return False
        except Exception as error:  # noqa: BLE001 (as gunicorn does: logged, and a 500)
            self.handle_error(None, conn.sock, conn.client, error)
            return False
        return keep_alive

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Keep a connection, or end it without waiting for the client to do so."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
        else:
            self._linger(conn)

    def load_wsgi(self) -> None:
        """Load the application; a signal meanwhile ends the worker without a word."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            signal.signal(number, lambda *_: os._exit(0))
        super().load_wsgi()
        self.init_signals()

    def handle(self, conn: Any) -> Any:
        """Receive a request's headers and answer it."""
        self._slow_senders.watch(conn.sock)
        try:
            return super().handle(conn)
        finally:
            self._slow_senders.forget(conn.sock)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose headers are complete, if the client reads it."""
        self._slow_senders.forget(conn.sock)
        if not self._keeps(conn):
            req.force_close()
        req.body = RequestBody(req, conn.sock)
        conn.sock.settimeout(MOST_SENDING_S)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client does not read") from None

    def handle_error(
        self, req: Any, client: socket.socket, addr: Any, exc: Exception
    ) -> None:
        """Refuse a request; gunicorn would answer two of the client's faults by 5xx."""
        if isinstance(exc, UnsupportedTransferCoding | ConfigurationProblem):
            exc = InvalidHeader(str(exc))
        super().handle_error(req, client, addr, exc)

    def _keeps(self, conn: Any) -> bool:
        """Whether a connection goes on; each answer says so, for clients to know."""
        first_answer_at = vars(conn).setdefault("first_answer_at", time.monotonic())
        return bool(self.alive) and not self._newcomers.came_after(first_answer_at)

    def _waiting(self) -> int:
        """How many requests wait for a thread, this one included."""
        idle = len(self.keepalived_conns) + len(self.pending_conns)
        waiting: int = self.nr_conns - idle - self.cfg.threads
        return waiting

    def _linger(self, conn: Any) -> None:
        """Send no more, but let the client read first (RFC 9112, section 9.6).

        To close while something is still coming in would take the answer away.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._hang_up(conn)
            return
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        drain = partial(self._drain, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, drain)

    def _drain(self, conn: Any, connection: socket.socket) -> None:
        with suppress(OSError):
            if connection.recv(65536, socket.MSG_DONTWAIT):
                return
        self.poller.unregister(connection)
        self.pending_conns.remove(conn)
        self._hang_up(conn)

    def _hang_up(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    @property
    def _slow_senders(self) -> SlowSenders:
        found: SlowSenders = self.wsgi.extensions["digits"].bodies.slow_senders
        return found


def _done(result: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(result)
    return future
