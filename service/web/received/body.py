"""Reading the body of a request whole and within bounds."""

from typing import Any, NoReturn

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge


def read_body(environ: dict[str, Any], max_bytes: int) -> bytes:
    """The whole body.

    Raises werkzeug's RequestEntityTooLarge (by its header, before it is read, or when
    it turns out so), BadRequest if it is short, and what `wsgi.input` raises.
    """
    announced = int(
        environ.get("CONTENT_LENGTH") or 0
    )  # gunicorn lets pass digits only
    if announced > max_bytes:
        _refuse_large(max_bytes)
    body: bytes = environ["wsgi.input"].read(max_bytes + 1)
    if len(body) < announced:
        raise BadRequest(f"the body ends after {len(body)} of {announced} bytes")
    if len(body) > max_bytes:
        _refuse_large(max_bytes)
    return body


def _refuse_large(max_bytes: int) -> NoReturn:
    raise RequestEntityTooLarge(f"the body is over {max_bytes:,} bytes")
