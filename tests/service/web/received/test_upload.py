"""What a client gets for an upload that cannot be read: one table of bad input."""

import base64
import gzip
import io
import json
import struct
import zlib
from contextlib import closing
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import EnvironBuilder

from service.web.problems import ProblemType
from tests.support import digits
from tests.support.installation import Installation, Service

PICTURE = digits.picture(3)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
MULTIPART = "multipart/form-data"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
FILE = b'; filename="a.png"'
NAMELESS = b'--x\r\nContent-Disposition: form-data; filename="a.png"\r\n\r\nx\r\n'
IMAGE = PART % (b"image", FILE, PICTURE)
HEIC = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf\0\0\0\x08meta"
BASE64 = base64.b64encode(PICTURE).decode()
GZIPPED = {"headers": {"Content-Encoding": "gzip"}}


def _saved(name: str) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(PICTURE)) as image:
        image.save(file, name)
    return file.getvalue()


def _declaring(width: int, height: int) -> bytes:
    """A PNG whose header declares that many pixels; it has none."""
    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def _page(grey: int) -> bytes:
    return digits.png(Image.new("L", (200, 200), grey))


def _body(content: bytes, kind: str | None = "image/png") -> dict[str, Any]:
    return {"data": content, "content_type": kind}


def _form(
    content: bytes, name: str = "digit.png", kind: str = "image/png"
) -> dict[str, Any]:
    return {"data": {"image": (io.BytesIO(content), name, kind)}}


def _json(document: Any) -> dict[str, Any]:
    return _body(json.dumps(document).encode(), "application/json")


def _parts(parts: bytes, boundary: str = "x") -> dict[str, Any]:
    """A form made by hand: the client would keep a large one in a temporary file."""
    return _body(parts, f"{MULTIPART}; boundary={boundary}")


def _cases() -> list[Any]:
    table: dict[str, tuple[dict[str, Any], int, str]] = {
        "an empty form": ({"data": {}, "content_type": MULTIPART}, 400, "image"),
        "another field": (
            {"data": {"picture": (io.BytesIO(PICTURE), "a.png")}}, 400, "picture"),
        "two images": (
            {"data": {"image": [(io.BytesIO(PICTURE), n) for n in ("a.png", "b.png")]}},
            400, "2 images"),
        "a text field named image": (
            {"data": {"image": "text"}, "content_type": MULTIPART}, 400, "no file"),
        "no bytes": (_body(b""), 400, "0 bytes"),
        "no bytes in a part": (_form(b""), 400, "0 bytes"),
        "an empty file input": (_form(b"", ""), 400, "image"),
        "a form without a boundary": (
            _body(IMAGE, MULTIPART), 400, "no boundary; let your client set it"),
        "a form with an empty boundary": (_parts(IMAGE, '""'), 400, "no boundary"),
        "a form with an encoded boundary": (
            _body(IMAGE, f"{MULTIPART}; boundary*=UTF-8''%E2%82%AC"), 400, "ASCII"),
        "a form of another kind": (_body(IMAGE, "multipart/mixed"), 400, "boundary"),
        "a form cut in its part": (_parts(IMAGE[:200]), 400, "image"),
        "a form cut in its header": (_parts(IMAGE[:30]), 400, "image"),
        "a form without its last boundary": (_parts(IMAGE), 400, "image"),
        "a form with another boundary": (_parts(IMAGE, "y"), 400, "image"),
        "parts without a name": (
            _parts(NAMELESS + PART % (b"note", b"", b"x") + b"--x--\r\n"),
            400, "without a name"),
        "noise for a form": (_parts(bytes(range(256))), 400, "image"),
        "no body and no content type": (_body(b"", None), 400, "0 bytes"),
        "text without a type": (_body(b"seven", None), 415, "text"),
        "text": (_body(b"seven", "text/plain"), 415, "text"),
        "a form of an address": (
            _body(b"image=7", "application/x-www-form-urlencoded"), 415, "text"),
        "text in a part": (_form(b"seven", "a.txt", "text/plain"), 415, "PNG"),
        "SVG": (_body(SVG, "image/svg+xml"), 415, "SVG"),
        "SVG in a part": (_form(SVG, "a.svg", "image/svg+xml"), 415, "SVG"),
        "ICO": (_body(_saved("ICO"), "image/vnd.microsoft.icon"), 415, "ICO"),
        "ICO in a part": (_form(_saved("ICO"), "a.ico", "image/x-icon"), 415, "ICO"),
        "HEIC": (_body(HEIC, "image/heic"), 415, "HEIC"),
        "HEIC named .jpg": (_form(HEIC, "a.jpg", "image/jpeg"), 415, "HEIC"),
        "HEIC named .jpg only": (
            _form(HEIC, "a.jpg", "application/octet-stream"), 415, "HEIC"),
        "PDF sent as a PNG": (_body(b"%PDF-1.7", "image/png"), 415, "PDF"),
        "a compressed picture": (
            _body(gzip.compress(PICTURE)) | GZIPPED, 415, "compressed (gzip)"),
        "a picture said to be compressed": (_body(PICTURE) | GZIPPED, 415, "gzip"),
        "JSON without an image": (_json({"picture": ""}), 400, "'image'"),
        "JSON with a number": (_json({"image": 7}), 400, "'image'"),
        "JSON with nothing": (_json({"image": ""}), 400, "0 bytes"),
        "JSON with no base64": (_json({"image": "a.png"}), 400, "base64"),
        "JSON with half a base64": (_json({"image": BASE64[:-2]}), 400, "base64"),
        "JSON with a data URL of nothing": (_json({"image": "data:"}), 400, "base64"),
        "JSON with a data URL that is not base64": (
            _json({"image": "data:image/svg+xml,%3Csvg/%3E"}), 400, "base64"),
        "JSON with text": (_json({"image": "c2V2ZW4="}), 415, "text"),
        "JSON with HEIC": (
            _json({"image": base64.b64encode(HEIC).decode()}), 415, "HEIC"),
        "JSON with a data URL of a damaged PNG": (
            _json({"image": f"data:image/png;base64,{BASE64[:100]}"}), 422, "PNG"),
        "JSON with a data URL of text that is called a PNG": (
            _json({"image": "data:image/png;base64,c2V2ZW4="}), 422, "damaged"),
        "JSON that is a list": (_json([BASE64]), 400, "object"),
        "JSON that ends early": (
            _body(b'{"image": "', "application/json"), 400, "JSON"),
        "JSON sent as a form": (
            _body(b"{}", "application/x-www-form-urlencoded"), 400, "'image'"),
        "JSON of 9 MiB": (_json({"image": "A" * 9 * 2**20}), 413, "8,388,608"),
        "JSON of deep lists": (
            _body(b'{"image": ' + b"[" * 10**5, "application/json"), 400, "JSON"),
        "JSON with 100,000 x 100,000 pixels": (
            _json({"image": base64.b64encode(_declaring(100_000, 100_000)).decode()}),
            413, "100000 x 100000"),
        "bytes of an unknown kind": (
            _form(bytes(99), "a", "application/octet-stream"), 415, "PNG"),
        "text named .png": (_form(b"I am text"), 422, "damaged"),
        "text named .png only": (
            _form(b"I am text", "a.png", "application/octet-stream"), 422, "damaged"),
        "text sent as a PNG": (_body(b"I am text"), 422, "damaged"),
        "SVG named .png": (_form(SVG), 422, "damaged"),
        "a PNG cut in half": (_body(PICTURE[: len(PICTURE) // 2]), 422, "PNG"),
        "a JPEG cut in half": (
            _body(_saved("JPEG")[:900], "image/jpeg"), 422, "JPEG"),
        "a white page": (_body(_page(255)), 422, "no digit"),
        "a black page": (_body(_page(0)), 422, "no digit"),
        "100,000 x 100,000 pixels": (
            _body(_declaring(100_000, 100_000)), 413, "100000 x 100000"),
        "a pixel more than 40 million": (
            _body(_declaring(40_000_001, 1)), 413, "40000001"),
        "9 MiB": (_body(PICTURE + bytes(9 * 2**20)), 413, "8,388,608"),
        "9 MiB in a part": (
            _parts(PART % (b"image", FILE, bytes(9 * 2**20)) + b"--x--\r\n"),
            413, "8,388,608"),
        "parts without end": (
            _parts(PART % (b"note", b"", b"x") * 1001 + b"--x--\r\n"), 413, ""),
    }  # fmt: skip
    return [pytest.param(*case, id=name) for name, case in table.items()]


def test_body_shorter_than_announced_is_a_problem_that_counts(
    client: FlaskClient,
) -> None:
    length = len(PICTURE)
    answer = client.post(
        "/predict",
        **_body(PICTURE),
        environ_overrides={"CONTENT_LENGTH": str(length + 1)},
    )
    assert answer.status_code == 400
    assert f"{length} of {length + 1} bytes" in answer.get_json()["detail"]


@pytest.mark.parametrize(("request_", "status", "word"), _cases())
def test_bad_upload_gets_a_problem_that_says_why(
    client: FlaskClient, request_: dict[str, Any], status: int, word: str
) -> None:
    answer = client.post("/predict", **request_)
    document = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert set(document) == {"type", "title", "status", "detail"}
    assert document["status"] == status
    assert document["type"] in {kind.uri for kind in ProblemType}
    assert word in document["detail"]
    assert "\n" not in document["detail"]
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize(("request_", "status", "word"), _cases())
def test_real_service_gives_the_same_problem(
    service: Service,
    place: Installation,
    request_: dict[str, Any],
    status: int,
    word: str,
) -> None:
    with closing(EnvironBuilder("/predict", method="POST", **request_)) as builder:
        sent = builder.get_request()
        wanted = ("Content-Type", "Content-Encoding")
        headers = {n: sent.headers[n] for n in wanted if n in sent.headers}
        body = sent.get_data()
    answer = requests.post(
        f"{service.url}/predict",
        data=body,
        headers=headers,
        timeout=120,
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert word in answer.json()["detail"]
    assert "Traceback" not in place.log()


def test_pixels_are_refused_by_the_header_before_anything_is_decoded(
    client: FlaskClient,
) -> None:
    huge = client.post("/predict", **_body(_declaring(100_000, 100_000)))
    small = client.post("/predict", **_body(_declaring(100, 100)))
    assert (huge.status_code, small.status_code) == (413, 422)
