"""The parts of a multipart form (RFC 7578), read from a body that is whole."""

import re
from typing import Final, NamedTuple

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from service.web.problems import ProblemType, Refused

# The commonest form: one part, of names that no rule of quoting makes others of.
# werkzeug's parser would take a fifth of a small prediction's time for it.
_PLAIN_TYPE: Final = re.compile(r"multipart/form-data; boundary=([\w.+-]{1,70})", re.A)
_PLAIN_HEAD: Final = re.compile(
    rb'Content-Disposition: form-data; name="(\w+)"(?:; filename="([\w.-]+)")?\r\n'
    rb"(?:Content-Type: ([a-z]+/[a-z0-9.+-]+)\r\n)?\r\n"
)


class Part(NamedTuple):
    """One part of a form.

    Attributes:
        name: of the field; None if the part does not say.
        filename: None for a part that is no file.
        content_type: without parameters, in lower case; "" if the part does not say.
        content: its bytes.
    """

    name: str | None
    filename: str | None
    content_type: str
    content: bytes


def parts_of(body: bytes, content_type: str, most: int) -> list[Part]:
    """At most so many parts, in their order.

    Raises Refused for what is no form, and for more parts.
    """
    if (plain := _plain_part(body, content_type)) is not None:
        return [plain]
    decoder = MultipartDecoder(_boundary(content_type))
    decoder.receive_data(body)
    decoder.receive_data(None)
    try:
        return _read(decoder, most)
    except (ValueError, AttributeError) as error:  # the latter for a part of headers
        raise Refused(
            ProblemType.MALFORMED_FORM,
            f"the multipart form is malformed ({error}); it needs a field 'image'",
        ) from None


def _plain_part(body: bytes, content_type: str) -> Part | None:
    """The only part of a plain form; None for any other body, malformed ones too."""
    kind = _PLAIN_TYPE.fullmatch(content_type)
    if kind is None:
        return None
    boundary = b"--" + kind[1].encode()
    end = len(body) - len(boundary) - 6
    head = _PLAIN_HEAD.match(body, len(boundary) + 2)
    if head is None or head.end() > end or body.count(boundary) != 2:
        return None
    if not body.startswith(boundary + b"\r\n"):
        return None
    if not body.endswith(b"\r\n" + boundary + b"--\r\n"):
        return None
    name, filename, announced = (group.decode() for group in head.groups(default=b""))
    return Part(name, filename or None, announced, body[head.end() : end])


def _boundary(content_type: str) -> bytes:
    """What is between the parts. Raises Refused."""
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not boundary:
        raise Refused(
            ProblemType.MALFORMED_FORM,
            "the Content-Type has no boundary; let your client set it",
        )
    if not boundary.isascii():
        raise Refused(ProblemType.MALFORMED_FORM, "the boundary is not ASCII")
    return boundary.encode("ascii")


def _read(decoder: MultipartDecoder, most: int) -> list[Part]:
    parts: list[Part] = []
    head: Field | File | None = None
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, Field | File):
            head = event
        elif isinstance(event, Data) and head:
            if len(parts) == most:
                raise Refused(ProblemType.TOO_MANY_PARTS, f"more than {most:,} parts")
            parts.append(_part(head, event.data))
    return parts


def _part(head: Field | File, content: bytes) -> Part:
    kind = head.headers.get("Content-Type", "").partition(";")[0]
    filename = head.filename if isinstance(head, File) else None
    return Part(head.name, filename, kind.strip().lower(), content)
