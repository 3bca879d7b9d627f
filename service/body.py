"""Reading the body of a request whole, in time and within bounds."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout


@dataclass(eq=False)
class _Reading:
    """A body that is being read from a connection."""

    connection: socket.socket
    ends_at: float
    late: bool = False

    def cut_off(self) -> None:
        """Make the reader's recv return nothing more."""
        self.late = True
        with contextlib.suppress(OSError):  # the sender hung up in this moment
            self.connection.shutdown(socket.SHUT_RD)


class BodyReader:
    """Reads bodies; a sender who takes too long is cut off.

    gunicorn's threads wait for a body without end, so `cut_off_late`, called from
    another thread, stops receiving on the connections whose time is up.
    """

    def __init__(self, max_bytes: int, seconds: float = 10.0) -> None:
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._lock = threading.Lock()
        self._readings: set[_Reading] = set()

    def read(self, request: Request) -> bytes:
        """The whole body.

        Raises werkzeug's RequestEntityTooLarge (by its header, before it is read, or
        when it turns out so), RequestTimeout, BadRequest if it is malformed or short.
        """
        announced = request.content_length or 0
        if announced > self._max_bytes:
            self._refuse_large()
        with self._watched(request.environ.get("gunicorn.socket")) as reading:
            try:
                body: bytes = request.environ["wsgi.input"].read(self._max_bytes + 1)
                fault = f"the body ends after {len(body)} of {announced} bytes"
            except (ParseException, OSError) as error:
                body, fault = b"", f"the body is malformed: {error}"
                announced = 1
        if len(body) > self._max_bytes:
            self._refuse_large()
        if len(body) < announced and reading and reading.late:
            raise RequestTimeout(f"the body was not complete in {self._seconds:g} s")
        if len(body) < announced:
            raise BadRequest(fault)
        return body

    def cut_off_late(self) -> None:
        """Stop receiving where the time is up; to be called a few times a second."""
        now = time.monotonic()
        with self._lock:
            for reading in self._readings:
                if now > reading.ends_at and not reading.late:
                    reading.cut_off()

    @contextlib.contextmanager
    def _watched(self, connection: socket.socket | None) -> Iterator[_Reading | None]:
        if connection is None:  # no gunicorn: the body is there already
            yield None
            return
        reading = _Reading(connection, time.monotonic() + self._seconds)
        with self._lock:
            self._readings.add(reading)
        try:
            yield reading
        finally:
            with self._lock:
                self._readings.discard(reading)

    def _refuse_large(self) -> NoReturn:
        raise RequestEntityTooLarge(f"the body is over {self._max_bytes:,} bytes")
