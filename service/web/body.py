"""Reading the body of a request whole, in time and within bounds."""

from dataclasses import dataclass
from typing import Any, NoReturn

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from service.server.deadlines import SlowSenders, TooSlow


@dataclass(frozen=True)
class BodyReader:
    """Reads bodies of at most `max_bytes` that come in time."""

    max_bytes: int
    slow_senders: SlowSenders

    def read(self, environ: dict[str, Any]) -> bytes:
        """The whole body.

        Raises werkzeug's RequestEntityTooLarge (by its header, before it is read, or
        when it turns out so), BadRequest if it is malformed or short; and TooSlow.
        """
        if _announced(environ) > self.max_bytes:
            self._refuse_large()
        connection = environ.get("gunicorn.socket")
        try:
            with self.slow_senders.patience(connection):
                body = self._read_whole(environ)
        except TooSlow:
            # gunicorn's own mark: what may come later is no next request.
            environ["wsgi.input"].failed = True
            raise
        if len(body) > self.max_bytes:
            self._refuse_large()
        return body

    def _read_whole(self, environ: dict[str, Any]) -> bytes:
        announced = _announced(environ)
        try:
            body: bytes = environ["wsgi.input"].read(self.max_bytes + 1)
        except (ParseException, OSError) as error:  # what gunicorn raises
            raise BadRequest(f"the body is malformed: {error}") from None
        if len(body) < announced:
            raise BadRequest(f"the body ends after {len(body)} of {announced} bytes")
        return body

    def _refuse_large(self) -> NoReturn:
        raise RequestEntityTooLarge(f"the body is over {self.max_bytes:,} bytes")


def _announced(environ: dict[str, Any]) -> int:
    return int(environ.get("CONTENT_LENGTH") or 0)  # gunicorn lets pass digits only
