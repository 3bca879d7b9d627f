"""gunicorn's threaded worker, with a limit on how long headers may take."""

import os
import signal
import socket
from typing import Any

from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidHeader,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import ThreadWorker

from service.slow_senders import SlowSenders


class Worker(ThreadWorker):  # type: ignore[misc]
    """Waits for headers no longer than for bodies; a bad request is the client's."""

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
