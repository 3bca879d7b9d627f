"""The plain form, which is read without werkzeug's parser, against that parser."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.web.problems import Refused
from service.web.received import multipart
from service.web.received.multipart import Part, parts_of

PLAIN = "multipart/form-data; boundary=B"
# Quotes and parameters that mean the same; none of it is of the plain form.
BY_WERKZEUG = 'multipart/form-data; charset=utf-8; boundary="B"'

HEADS = st.sampled_from(
    [
        b'Content-Disposition: form-data; name="image"\r\n\r\n',
        b'Content-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n',
        b'Content-Disposition: form-data; name="image"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n",
        b'Content-Disposition: form-data; name="image"; filename="a%22b.png"\r\n\r\n',
        b"content-disposition: form-data; name=image\r\nX-More: 1\r\n\r\n",
        b'Content-Disposition: form-data; name="image"\n\n',
        b"Content-Type: image/png\r\n\r\n",
        b"\r\n",
    ]
)
PIECES = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b"--",
        b"--B",
        b"\r\n--B\r\n",
        b"--B--",
        b"x",
        b"\0\xff",
        b"",
    ]
)
CONTENTS = st.lists(PIECES, max_size=6).map(b"".join)
ENDS = st.sampled_from(
    [b"\r\n--B--\r\n", b"\r\n--B--", b"\n--B--\n", b"--B--\r\n", b""]
)


def read(body: bytes, content_type: str) -> list[Part] | str:
    try:
        return parts_of(body, content_type, 10)
    except Refused as refused:
        return str(refused)


@given(HEADS, CONTENTS, ENDS)
@example(b'Content-Disposition: form-data; name="image"\r\n\r\n', b"", b"--B--\r\n")
def test_plain_form_is_read_as_werkzeug_reads_it(
    head: bytes, content: bytes, end: bytes
) -> None:
    body = b"--B\r\n" + head + content + end
    assert read(body, PLAIN) == read(body, BY_WERKZEUG)


def test_commonest_form_needs_no_werkzeug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "MultipartDecoder", None)
    head = 'Content-Disposition: form-data; name="image"; filename="digit.png"\r\n'
    body = f"--B\r\n{head}Content-Type: image/png\r\n\r\nabc\r\n--B--\r\n".encode()
    part = Part("image", "digit.png", "image/png", b"abc")
    assert parts_of(body, PLAIN, 10) == [part]
