"""The body of a request that holds tensors: decompressed, and bounded in memory."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import request
from werkzeug.exceptions import (
    BadRequest,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from service.web.received.body import read_body
from service.web.received.json_body import one_large
from service.web.services import services

# zlib looks at the header: gzip's or zlib's own, which "deflate" means.
_EITHER_HEADER: Final = 32 + zlib.MAX_WBITS
_PLAIN: Final = ("", "identity")
_COMPRESSED: Final = ("gzip", "x-gzip", "deflate")


@contextmanager
def tensor_body() -> Iterator[bytes]:
    """The body of the current request; while it is in use, no other large one is.

    Raises werkzeug's UnsupportedMediaType, BadRequest, RequestEntityTooLarge.
    """
    body = read_body(request.environ, services().config.max_upload_bytes)
    coding = request.headers.get("Content-Encoding", "")
    body = _decoded(body, coding.strip().lower(), services().config.max_upload_bytes)
    with one_large(body):
        yield body


def _decoded(body: bytes, coding: str, max_bytes: int) -> bytes:
    """The body without its Content-Encoding (RFC 9110), of at most so many bytes."""
    if coding in _PLAIN:
        return body
    if coding not in _COMPRESSED:
        raise UnsupportedMediaType(
            f"Content-Encoding {coding[:40]!r} is not read; gzip and deflate are"
        )
    decoder = zlib.decompressobj(_EITHER_HEADER)
    try:
        content = decoder.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise BadRequest(f"the body is not {coding}: {error}") from None
    if len(content) > max_bytes:
        raise RequestEntityTooLarge(f"the body decodes to over {max_bytes:,} bytes")
    if not decoder.eof or decoder.unused_data:
        raise BadRequest(f"the {coding} body does not end where its data does")
    return content
