"""The image in a request: the body itself, a part of a form, or base64 in JSON."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from service.image import (
    DigitImage,
    NumberImage,
    Score,
    Undecodable,
    UnsupportedFormat,
    declared_pixels,
    opens_as_picture,
    read_digit,
    read_number,
)
from service.web.problems import ProblemType, Refused
from service.web.received.json_body import decode_base64, one_large, parse_object
from service.web.received.multipart import Part, parts_of

_FORMATS = {
    f"image/{name}"
    for name in ("png", "x-png", "jpeg", "jpg", "pjpeg", "gif", "webp", "tiff", "bmp",
                 "x-ms-bmp", "x-bmp")
}  # fmt: skip
_SUFFIXES = {"png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "bmp"}
_NO_TYPE = {"", "application/octet-stream"}
# What curl -d says of any body, and clients that say nothing.
_MAYBE_JSON = {"application/x-www-form-urlencoded", ""}
_MOST_PARTS = 1000
_BASE64 = re.compile(rb"(data:[^,]{0,80},)?[A-Za-z0-9+/=_\s-]{16,}")
_JSON_HINT = '; a picture in base64 is read as JSON: {"image": "..."}'
# A few kilobytes can declare 40 million pixels, so what is bearable once is not a
# thousand times in one request.
_TOGETHER = 10


@dataclass(frozen=True)
class Upload:
    """An image as it was sent.

    Attributes:
        content: its bytes, at least one.
        announced: whether type or file name say that it is of an accepted format.
    """

    content: bytes
    announced: bool

    def digit(self, max_pixels: int, score: Score) -> DigitImage:
        """The digit in it. Raises a subclass of ImageRejected."""
        with self._as_announced():
            return read_digit(self.content, max_pixels, score)

    def number(self, max_pixels: int, score: Score, least: float) -> NumberImage:
        """All digits in it, of at least that probability; raises ImageRejected."""
        with self._as_announced():
            return read_number(self.content, max_pixels, score, least)

    @contextmanager
    def _as_announced(self) -> Iterator[None]:
        """What is announced as a format that is read, and is none, is damaged."""
        try:
            yield
        except UnsupportedFormat as error:
            if self.announced and error.named is None:
                raise Undecodable("announced") from None
            raise  # its own signature stands against what is announced


def read_image(environ: dict[str, Any], body: bytes) -> Upload:
    """The one image of a request, however it was sent; see docs/api.md.

    Raises Refused, and werkzeug's BadRequest.
    """
    refuse_compressed(environ)
    content_type = environ.get("CONTENT_TYPE", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        return from_part(only_image(parts_of(body, content_type, _MOST_PARTS)))
    if _is_json(kind, body):
        return _from_json(body)
    return _upload(body, kind in _FORMATS)


def _is_json(kind: str, body: bytes) -> bool:
    if kind == "application/json":
        return not opens_as_picture(body)
    return kind in _MAYBE_JSON and body.lstrip()[:1] == b"{"


def refuse_compressed(environ: dict[str, Any]) -> None:
    """Raise Refused for a body with a Content-Encoding: pictures gain nothing by it."""
    coding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if coding not in {"", "identity"}:
        raise Refused(
            ProblemType.COMPRESSED_BODY,
            f"the body is compressed ({coding[:40]}); send it as it is",
        )


def is_image(part: Part) -> bool:
    """Whether a part is a file or a picture; text fields are neither."""
    announced = bool(part.filename) or part.content_type.startswith("image/")
    return announced or opens_as_picture(part.content)


def from_part(part: Part) -> Upload:
    """The image in a part of a form. Raises Refused if it is empty."""
    suffix = (part.filename or "").rpartition(".")[2].lower()
    named = part.content_type in _NO_TYPE and suffix in _SUFFIXES
    return _upload(part.content, named or part.content_type in _FORMATS)


def only_image(parts: list[Part]) -> Part:
    """The one picture of a form. Raises Refused."""
    named = [part for part in parts if part.name == "image"]
    images = [part for part in named if is_image(part)]
    if len(images) == 1:
        return images[0]
    if images:
        raise Refused(ProblemType.SEVERAL_IMAGES, f"{len(images)} images; send one")
    if named:
        hint = _JSON_HINT if _BASE64.fullmatch(named[0].content) else ""
        raise Refused(
            ProblemType.NO_IMAGE, f"the part 'image' is no file and no picture{hint}"
        )
    names = {part.name or "a part without a name" for part in parts}
    found = ", ".join(sorted(names)[:5])
    raise Refused(
        ProblemType.NO_IMAGE, f"no part named 'image' (found: {found or 'none'})"
    )


def _from_json(body: bytes) -> Upload:
    """The picture in {"image": "..."}: a data URL (RFC 2397), or base64 alone."""
    with one_large(body):
        text = parse_object(body).get("image")
    if not isinstance(text, str):
        raise Refused(
            ProblemType.NO_IMAGE, "the JSON has no 'image' in base64, or as a data URL"
        )
    kind = ""
    if text[:5].lower() == "data:":
        head, _, text = text[5:].partition(",")
        kind, _, coding = head.lower().rpartition(";")
        if coding.strip() != "base64":
            raise Refused(ProblemType.BAD_REQUEST, "the data URL is not in base64")
    return _upload(decode_base64(text), kind.partition(";")[0] in _FORMATS)


def _upload(content: bytes, announced: bool) -> Upload:
    if not content:
        raise Refused(ProblemType.NO_IMAGE, "no image: it has 0 bytes")
    return Upload(content, announced)


class PixelBudget:
    """Shared by the pictures of one request: together ten times what one may have."""

    def __init__(self, max_pixels: int) -> None:
        self._each = max_pixels
        self._left = _TOGETHER * max_pixels

    def allow(self, picture: bytes) -> int:
        """The most pixels that this picture may have; if it has no more, they go."""
        allowed = min(self._each, self._left)
        declared = declared_pixels(picture)
        if declared <= allowed:
            self._left -= declared
        return allowed
