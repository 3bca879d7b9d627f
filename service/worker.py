"""gunicorn's threaded worker; small predictions without its threads, and no waiting.

A thread of the pool is for what may take long: a large body, a slow sender, a large
picture. To hand it a request that needs a fraction of a millisecond costs more than to
answer it, for the threads then fight for the interpreter's lock. So the main thread
itself answers each small prediction request that has arrived whole.
"""

import os
import re
import select
import signal
import socket
from concurrent.futures import Future
from typing import Any, Final

from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidHeader,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from service.slow_senders import SlowSenders

# Its headers and body together; a digit on a canvas is smaller than this.
SMALL_REQUEST: Final = 8192
PREDICTION: Final = re.compile(
    rb"POST /predict .*?\r\ncontent-length: *([0-9]{1,4})\r\n", re.DOTALL | re.I
)


def arrived_whole(received: bytes) -> bool:
    """Whether this is one whole request to /predict, and nothing else.

    Only a thread is chosen by it; gunicorn's parser decides what the bytes mean.
    """
    headers, end, body = received.partition(b"\r\n\r\n")
    length = PREDICTION.match(headers + b"\r\n") if end else None
    return length is not None and len(body) == int(length[1])


class Worker(ThreadWorker):  # type: ignore[misc]
    """Waits for headers no longer than for bodies; a bad request is the client's."""

    def enqueue_req(self, conn: Any) -> None:
        """Answer a small prediction now, wait for nothing, leave the rest to threads.

        gunicorn calls this in the main thread, for each connection that is new, that
        has become readable, or of which more was read than one request.
        """
        read_ahead = conn.initialized and conn.parser.unreader.buf.getvalue()
        received = b"" if read_ahead else _peek(conn.sock)
        if received is None:
            self.finish_request(conn, _done(_DEFER))
        elif arrived_whole(received) and _takes_answers(conn.sock):
            conn.data_ready = True
            self.finish_request(conn, _done(self.handle(conn)))
        else:
            super().enqueue_req(conn)

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
        """Answer a request whose headers are complete."""
        self._slow_senders.forget(conn.sock)
        return super().handle_request(req, conn)

    def handle_error(
        self, req: Any, client: socket.socket, addr: Any, exc: Exception
    ) -> None:
        """Refuse a request; gunicorn would answer two of the client's faults by 5xx."""
        if isinstance(exc, UnsupportedTransferCoding | ConfigurationProblem):
            exc = InvalidHeader(str(exc))
        super().handle_error(req, client, addr, exc)

    @property
    def _slow_senders(self) -> SlowSenders:
        found: SlowSenders = self.wsgi.extensions["digits"].bodies.slow_senders
        return found


def _peek(connection: socket.socket) -> bytes | None:
    """What has arrived, up to more than a small request; None if nothing has yet."""
    try:
        return connection.recv(SMALL_REQUEST + 1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:  # it broke; whoever reads from it will see how
        return b""


def _takes_answers(connection: socket.socket) -> bool:
    """Whether there is room for an answer: who never reads must not hold us up."""
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    return bool(poll.poll(0))


def _done(result: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(result)
    return future
