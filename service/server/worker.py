"""gunicorn's threaded worker, in which every wait is bounded.

A thread of the pool is for what may take long: a large body, a slow sender, a large
picture. The main thread answers what is small (service/server/main_thread.py).

gunicorn queues requests for its threads without end, and waits without end for a client
to send or to read. Here all that is bounded.
"""

import errno
import os
import signal
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

from gunicorn.http.body import Body
from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidHeader,
    UnsupportedTransferCoding,
)

from service.image.files import turns
from service.server.deadlines import ReadDeadlines
from service.server.main_thread import MainThreadWorker
from service.server.overload import overloaded
from service.server.request_body import RequestBody
from service.server.small_request import MOST_BYTES, peek
from service.telemetry.background import every

_READ_S: Final = 10.0
_CUT_OFF_S: Final = 0.25
# Beyond these a request would wait for a thread longer than its sender does.
MOST_WAITING: Final = 256
# Who reads nothing for so long never will; _READ_S bounds the wait for a body.
MOST_SENDING_S: Final = 20.0


class Worker(MainThreadWorker):
    """gunicorn's worker with bounded waits."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.deadlines = ReadDeadlines(_READ_S)

    def run(self) -> None:
        """Take up connections, and cut off those who send too slowly."""
        every(_CUT_OFF_S, self.deadlines.cut_off_late, "read deadlines")
        super().run()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """The threads, and one more for each large picture that waits for its turn."""
        return ThreadPoolExecutor(max_workers=self.cfg.threads + turns.MOST_WAITING)

    def enqueue_req(self, conn: Any) -> None:
        """Answer a small request now, wait for nothing, leave the rest to threads.

        gunicorn calls this in the main thread, for each connection that is new, that
        has become readable, or of which more was read than one request.
        """
        read_ahead = conn.initialized and conn.parser.unreader.buf.getvalue()
        received = b"" if read_ahead else peek(conn.sock, MOST_BYTES + 1)
        if received is None:
            self.wait_for(conn, self.on_pending_socket_readable)
        elif not received and not read_ahead:  # the client has closed
            self.hang_up(conn)
        elif (answers := self.at_once(received, conn)) is not None:
            self.finish_request(conn, _done(answers()))
        elif self._waiting() <= MOST_WAITING:
            super().enqueue_req(conn)
        else:
            with suppress(OSError):  # it hung up, or does not read
                conn.sock.send(overloaded(received), socket.MSG_DONTWAIT)
            self.linger(conn)

    def load_wsgi(self) -> None:
        """Load the application; a signal meanwhile ends the worker without a word."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            signal.signal(number, lambda *_: os._exit(0))
        super().load_wsgi()
        self.init_signals()

    def handle(self, conn: Any) -> Any:
        """Receive a request's headers and answer it."""
        self.deadlines.start(conn.sock)
        try:
            return super().handle(conn)
        finally:
            self.deadlines.stop(conn.sock)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose headers are complete, if the client reads it."""
        self.deadlines.stop(conn.sock)
        if not self.keeps(conn):
            req.force_close()
        req.body = RequestBody(req, conn.sock, self.deadlines)
        conn.sock.settimeout(MOST_SENDING_S)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client does not read") from None
        finally:
            req.body = Body(req.body.reader)  # gunicorn skips what is left of it

    def handle_error(
        self, req: Any, client: socket.socket, addr: Any, exc: Exception
    ) -> None:
        """Refuse a request; gunicorn would answer two of the client's faults by 5xx."""
        if isinstance(exc, UnsupportedTransferCoding | ConfigurationProblem):
            exc = InvalidHeader(str(exc))
        super().handle_error(req, client, addr, exc)

    def _waiting(self) -> int:
        """How many requests wait for a thread, this one included."""
        idle = len(self.keepalived_conns) + len(self.pending_conns)
        waiting: int = self.nr_conns - idle - self.cfg.threads - turns.MOST_WAITING
        return waiting


def _done(result: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(result)
    return future
