"""Reading a body whole and within bounds, whatever server it comes from."""

import io

import pytest
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from service.web.received.body import read_body


class _Unread(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        pytest.fail(f"{size} bytes of the body were read")


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_body_within_the_bound_is_read_whole(size: int) -> None:
    environ = EnvironBuilder(method="POST", data=b"x" * size).get_environ()
    assert read_body(environ, max_bytes=1000) == b"x" * size


def test_too_large_a_body_is_refused_before_any_of_it_is_read() -> None:
    environ = {"CONTENT_LENGTH": "1001", "wsgi.input": _Unread()}
    with pytest.raises(RequestEntityTooLarge, match="1,000"):
        read_body(environ, max_bytes=1000)


def test_body_of_unknown_length_is_refused_at_the_bound() -> None:
    body = io.BytesIO(bytes(10_000))
    with pytest.raises(RequestEntityTooLarge, match="1,000"):
        read_body({"wsgi.input": body}, max_bytes=1000)
    assert body.tell() == 1001


def test_body_shorter_than_announced_is_malformed() -> None:
    environ = {"CONTENT_LENGTH": "10", "wsgi.input": io.BytesIO(b"abc")}
    with pytest.raises(BadRequest, match="after 3 of 10 bytes"):
        read_body(environ, max_bytes=1000)
