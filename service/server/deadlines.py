"""Read deadlines: a client that sends its headers or its body too slowly is cut off.

gunicorn's threads wait without end for what a client has promised. So a thread that
waits starts a deadline here, and another thread stops receiving where it has passed:
the waiting `recv` then returns nothing more.
"""

import contextlib
import socket
import threading
import time


class ReadDeadlines:
    """The connections that are being waited for.

    Attributes:
        seconds: how long a client may take, for the headers and again for the body.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._ends_at: dict[socket.socket, float] = {}

    def start(self, connection: socket.socket) -> None:
        """The time of this connection begins."""
        with self._lock:
            self._ends_at[connection] = time.monotonic() + self.seconds

    def stop(self, connection: socket.socket) -> bool:
        """All has come, or nothing more will; False if it was cut off before."""
        with self._lock:
            return self._ends_at.pop(connection, None) is not None

    def cut_off_late(self) -> None:
        """Stop receiving where the time is up; to be called a few times a second."""
        now = time.monotonic()
        with self._lock:
            late = [c for c, ends_at in self._ends_at.items() if now > ends_at]
            for connection in late:
                del self._ends_at[connection]
                with contextlib.suppress(OSError):  # it hung up in this moment
                    connection.shutdown(socket.SHUT_RD)
