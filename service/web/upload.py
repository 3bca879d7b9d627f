"""The image in a request: the body itself, or the multipart field `image`."""

import mimetypes
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from service.image import (
    DigitImage,
    Undecodable,
    UnsupportedFormat,
    declared_pixels,
    read_digit,
)
from service.web.multipart import Part, parts_of

_FORMATS = {
    f"image/{name}"
    for name in ("png", "x-png", "jpeg", "jpg", "pjpeg", "gif", "webp", "tiff", "bmp",
                 "x-ms-bmp", "x-bmp")
}  # fmt: skip
_MOST_PARTS = 1000
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

    def digit(self, max_pixels: int) -> DigitImage:
        """The digit in it. Raises a subclass of ImageRejected."""
        try:
            return read_digit(self.content, max_pixels)
        except UnsupportedFormat:
            if self.announced:
                raise Undecodable("announced") from None
            raise


def read_image(environ: dict[str, Any], body: bytes) -> Upload:
    """The one image of a request, as the body or as the multipart field `image`.

    Raises werkzeug's BadRequest, UnsupportedMediaType, RequestEntityTooLarge.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return from_part(_only_image(parts_of(body, content_type, _MOST_PARTS)))
    if kind.startswith("image/"):
        return _upload(body, kind in _FORMATS)
    raise UnsupportedMediaType(
        "send the image as the body with an image/* content type,"
        " or as the multipart field 'image'"
    )


def from_part(part: Part) -> Upload:
    """The image in a part of a form. Raises werkzeug's BadRequest if it is empty."""
    kind = part.content_type
    if kind in {"", "application/octet-stream"}:
        kind = mimetypes.guess_type(part.filename or "")[0] or ""
    return _upload(part.content, kind in _FORMATS)


def _only_image(parts: list[Part]) -> Part:
    named = [part for part in parts if part.name == "image"]
    files = [part for part in named if part.filename]
    if len(files) == 1:
        return files[0]
    if files:
        raise BadRequest(f"{len(files)} images; /predict takes one")
    if named:
        raise BadRequest("the part 'image' has no file name, so it is no file")
    names = {part.name or "a part without a name" for part in parts}
    found = ", ".join(sorted(names)[:5])
    raise BadRequest(f"no part named 'image' (found: {found or 'none'})")


def _upload(content: bytes, announced: bool) -> Upload:
    if not content:
        raise BadRequest("no image: it has 0 bytes")
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
