"""The text fields of a request: of its query, and of a form or JSON in its body."""

from typing import Any
from urllib.parse import parse_qs

from werkzeug.exceptions import BadRequest

from service.web.received.json_body import parse_object
from service.web.received.multipart import Part, parts_of

_MOST_FIELDS = 100


def text_fields(environ: dict[str, Any], body: bytes) -> dict[str, str]:
    """Each field by its name; of several, the last one.

    Raises werkzeug's BadRequest, Refused.
    """
    in_query = _last(parse_qs(environ.get("QUERY_STRING", "")))
    return in_query | _of_body(environ.get("CONTENT_TYPE", ""), body)


def text_of(parts: list[Part]) -> dict[str, str]:
    """The parts of a form by their names, as text. Raises werkzeug's BadRequest."""
    try:
        return {part.name: part.content.decode().strip() for part in parts if part.name}
    except UnicodeDecodeError:
        raise BadRequest("a field of the form is not UTF-8 text") from None


def _of_body(content_type: str, body: bytes) -> dict[str, str]:
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return {}
    if kind.startswith("multipart/"):
        return text_of(parts_of(body, content_type, _MOST_FIELDS))
    if kind == "application/json":
        return {name: str(value) for name, value in parse_object(body).items()}
    return _last(parse_qs(body.decode("latin-1")))


def _last(fields: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in fields.items()}
