"""A request's body as gunicorn reads it, in time, and what its connection is told."""

import socket
from typing import Any, Final, NoReturn

from gunicorn.http.body import Body, LengthReader
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestTimeout

from service.server.deadlines import ReadDeadlines

# What gunicorn reads of a body that the application left, to find the next request.
_MOST_SKIPPED: Final = 64 * 1024
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class RequestBody(Body):  # type: ignore[misc]
    """Is asked for once it is wanted; where it is not read, the connection ends.

    gunicorn asks who expects so (RFC 9110, section 10.1.1) before the application could
    refuse the request; and where it will close the connection, as it does not know
    where a next request would begin, it says that it is kept.
    """

    def __init__(
        self, request: Any, connection: socket.socket, deadlines: ReadDeadlines
    ) -> None:
        self._request = request
        self._connection = connection
        self._deadlines = deadlines
        self._closes = request.must_close
        self._to_ask = request._expected_100_continue
        super().__init__(request.body.reader)
        if self._to_ask or not self._is_skipped():
            request._expected_100_continue = False
            request.force_close()  # until it is read

    @property
    def failed(self) -> bool:
        """Whether the end of the body, and so the next request, cannot be found."""
        return self._failed

    @failed.setter
    def failed(self, failed: bool) -> None:
        self._failed = failed
        if failed:
            self._request.force_close()

    def read(self, size: int | None = None) -> bytes:
        """Up to so many bytes, or all.

        Raises werkzeug's BadRequest if it is malformed or the connection breaks, and
        RequestTimeout if it does not come in time.
        """
        self._request.must_close = self._closes
        self._deadlines.start(self._connection)
        try:
            return self._read(size)
        except (ParseException, OSError) as error:
            raise BadRequest(f"the body is malformed: {error}") from None
        finally:
            if not self._deadlines.stop(self._connection):
                self._refuse_late()

    def _read(self, size: int | None) -> bytes:
        if self._to_ask:
            self._to_ask = False
            self._connection.sendall(_CONTINUE)
        content: bytes = super().read(size)
        return content

    def _refuse_late(self) -> NoReturn:
        self.failed = True  # what may come later is no next request
        seconds = self._deadlines.seconds
        raise RequestTimeout(f"the body was not complete in {seconds:g} s")

    def _is_skipped(self) -> bool:
        reader = self.reader
        return isinstance(reader, LengthReader) and reader.length < _MOST_SKIPPED
