"""The ways in which real clients ask for one picture, byte for byte."""

import base64
import json
from dataclasses import dataclass

BOUNDARY = b"----9051914041544843365972754266"


@dataclass(frozen=True)
class Way:
    """What one kind of client sends to POST /predict.

    Attributes: name, content_type (None: no header), body.
    """

    name: str
    content_type: str | None
    body: bytes


def _form(disposition: bytes, headers: bytes, picture: bytes) -> bytes:
    """A form of one part."""
    head = b"--%s\r\nContent-Disposition: form-data; %s\r\n%s\r\n"
    tail = b"\r\n--%s--\r\n"
    return head % (BOUNDARY, disposition, headers) + picture + tail % BOUNDARY


def ways_to_ask(picture: bytes) -> list[Way]:
    """Every way, for the same PNG."""
    base64_text = base64.b64encode(picture).decode()
    data_url = f"data:image/png;base64,{base64_text}"
    form = f"multipart/form-data; boundary={BOUNDARY.decode()}"
    quoted = f'multipart/form-data; boundary="{BOUNDARY.decode()}"; charset=utf-8'
    named, octets = b'name="image"; filename="digit.png"', b"application/octet-stream"
    typed, untyped = b"Content-Type: image/png\r\n", b"Content-Type: %s\r\n" % octets
    bare = b'name="image"'

    def text(document: object) -> bytes:
        return json.dumps(document).encode()

    return [
        Way("curl -F", form, _form(named, typed, picture)),
        Way("curl -F with <", form, _form(bare, b"", picture)),
        Way("curl --data-binary with a type", "image/png", picture),
        Way("curl --data-binary", "application/x-www-form-urlencoded", picture),
        Way("curl -d of JSON", "application/x-www-form-urlencoded",
            text({"image": base64_text})),
        Way("JSON with base64", "application/json", text({"image": base64_text})),
        Way("JSON with base64 in lines", "application/json; charset=utf-8",
            text({"image": base64.encodebytes(picture).decode()})),
        Way("JSON with a data URL", "application/json", text({"image": data_url})),
        Way("JSON with a data URL of no type", "application/json",
            text({"image": f"data:;base64,{base64_text}"})),
        Way("JSON without a type", None, text({"image": data_url, "note": None})),
        Way("Dart", form, _form(b'name="image"', typed, picture)),
        Way("Dart, headers in lower case", form,
            b"--%s\r\ncontent-type: image/png\r\ncontent-disposition: form-data;"
            b' name="image"\r\n\r\n%s\r\n--%s--\r\n' % (BOUNDARY, picture, BOUNDARY)),
        Way("Swift", quoted, _form(b"name=\"image\"", b"Content-Type:image/png\r\n",
            picture)),
        Way("Java", quoted, _form(b"name=image; filename=digit.png", untyped, picture)),
        Way(".NET", quoted, _form(
            b"name=image; filename=a.png; filename*=utf-8''a.png", b"", picture)),
        Way("Rust", form, _form(bare, b"", picture)),
        Way("Go", form, _form(named, untyped, picture)),
        Way("axios", form, _form(b'name="image"; filename="blob"', untyped, picture)),
        Way("requests", form, _form(b'name="image"; filename="image"', b"", picture)),
        Way("aiohttp", form, _form(bare, untyped, picture)),
        Way("Android", form, _form(b'name="image"; filename="//[x.png"', untyped,
            picture)),
        Way("a form with another field", form,
            b'--%s\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
            % BOUNDARY + _form(named, typed, picture)),
        Way("a text field of the same name", form,
            b'--%s\r\nContent-Disposition: form-data; name="image"\r\n\r\nmine\r\n'
            % BOUNDARY + _form(named, typed, picture)),
        Way("a picture called text", "text/plain", picture),
        Way("a picture called JSON", "application/json", picture),
        Way("a PNG called JPEG", "image/jpeg", picture),
        Way("a picture called SVG", "image/svg+xml", picture),
        Way("octet-stream", "application/octet-stream", picture),
        Way("no type", None, picture),
        Way("a type of nonsense", ";;/=", picture),
    ]  # fmt: skip
