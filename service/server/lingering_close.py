"""gunicorn's threaded worker, ending connections without waiting for the client.

gunicorn waits up to 2 s in the main thread for a client to close what is ended.
"""

import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

# A new connection that says nothing, or an ended one that is not closed, is given up.
_MOST_SILENT_S: Final = 5.0


class LingeringCloseWorker(ThreadWorker):  # type: ignore[misc]
    """Leaves it to the poller to notice that a client has closed."""

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Keep a connection, or end it without waiting for the client to do so."""
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
        else:
            self.linger(conn)

    def linger(self, conn: Any) -> None:
        """Send no more, but let the client read first (RFC 9112, section 9.6).

        To close while something is still coming in would take the answer away.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.hang_up(conn)
            return
        self.wait_for(conn, self._drain)

    def wait_for(self, conn: Any, then: Callable[[Any, socket.socket], None]) -> None:
        """Leave a silent connection to the poller; call `then` if something comes."""
        conn.timeout = time.monotonic() + _MOST_SILENT_S
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(then, conn))

    def hang_up(self, conn: Any) -> None:
        """Close the connection now."""
        self.nr_conns -= 1
        conn.close()

    def _drain(self, conn: Any, connection: socket.socket) -> None:
        with suppress(OSError):
            if connection.recv(65536, socket.MSG_DONTWAIT):
                return
        self.poller.unregister(connection)
        self.pending_conns.remove(conn)
        self.hang_up(conn)
