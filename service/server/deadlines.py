"""Cutting off connections that take too long to send their headers or their body.

gunicorn's threads wait without end for what a client has promised. So whoever waits
says so here, and another thread stops receiving where the time is up: the waiting
`recv` then returns nothing more.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator


class TooSlow(Exception):
    """A client that did not send in time what it had announced."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the body was not complete in {seconds:g} s")
        self.seconds = seconds


class SlowSenders:
    """The connections that are being waited for.

    Attributes:
        seconds: how long a client may take, for the headers and again for the body.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._ends_at: dict[socket.socket, float] = {}

    def watch(self, connection: socket.socket) -> None:
        """The time of this connection begins."""
        with self._lock:
            self._ends_at[connection] = time.monotonic() + self.seconds

    def forget(self, connection: socket.socket) -> bool:
        """All has come, or nothing more will; False if it was cut off before."""
        with self._lock:
            return self._ends_at.pop(connection, None) is not None

    @contextlib.contextmanager
    def patience(self, connection: socket.socket | None) -> Iterator[None]:
        """Wait for the connection in this block. Raises TooSlow if it was cut off.

        Without a connection (no gunicorn) everything is there already.
        """
        if connection is None:
            yield
            return
        self.watch(connection)
        try:
            yield
        finally:
            if not self.forget(connection):
                raise TooSlow(self.seconds)

    def cut_off_late(self) -> None:
        """Stop receiving where the time is up; to be called a few times a second."""
        now = time.monotonic()
        with self._lock:
            late = [c for c, ends_at in self._ends_at.items() if now > ends_at]
            for connection in late:
                del self._ends_at[connection]
                with contextlib.suppress(OSError):  # it hung up in this moment
                    connection.shutdown(socket.SHUT_RD)
