"""The image in a request: the body itself, or the multipart field `image`."""

import io
import mimetypes
from dataclasses import dataclass

from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from service.image import DigitImage, Undecodable, UnsupportedFormat, read_digit

_FORMATS = {
    f"image/{name}"
    for name in ("png", "x-png", "jpeg", "jpg", "pjpeg", "gif", "webp", "tiff", "bmp",
                 "x-ms-bmp", "x-bmp")
}  # fmt: skip


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


def read_image(request: Request, body: bytes) -> Upload:
    """The one image of a request, as the body or as the multipart field `image`.

    Raises werkzeug's BadRequest, UnsupportedMediaType, RequestEntityTooLarge.
    """
    if request.mimetype == "multipart/form-data":
        return from_part(_only_image(request, body))
    if request.mimetype.startswith("image/"):
        return _upload(body, request.mimetype in _FORMATS)
    raise UnsupportedMediaType(
        "send the image as the body with an image/* content type,"
        " or as the multipart field 'image'"
    )


def _only_image(request: Request, body: bytes) -> FileStorage:
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))
    images = request.files.getlist("image")
    if len(images) == 1:
        return images[0]
    if images:
        raise BadRequest(f"{len(images)} images; /predict takes one")
    if "image" in request.form:
        raise BadRequest("the part 'image' has no file name, so it is no file")
    names = {
        name or "a part without a name" for name in (*request.files, *request.form)
    }
    found = ", ".join(sorted(names)[:5])
    raise BadRequest(f"no part named 'image' (found: {found or 'none'})")


def from_part(part: FileStorage) -> Upload:
    """The image in one part of a form. Raises werkzeug's BadRequest if it is empty."""
    kind = part.mimetype
    if kind in {"", "application/octet-stream"}:
        kind = mimetypes.guess_type(part.filename or "")[0] or ""
    return _upload(part.stream.read(), kind in _FORMATS)


def _upload(content: bytes, announced: bool) -> Upload:
    if not content:
        raise BadRequest("no image: it has 0 bytes")
    return Upload(content, announced)
