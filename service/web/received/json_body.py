"""JSON that a client sent: bounded before it is parsed, and base64 within it."""

import base64
import json
import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, NoReturn

from werkzeug.exceptions import BadRequest

# 1,024 images whose pixels are in lists of their own, as some clients send a channel,
# have 832,000 lists; they take as much memory as the numbers that fit a body. Objects
# take three times as much; 1,024 pictures have two each.
_MOST_LISTS: Final = 840_000
_MOST_OBJECTS: Final = 4096
# A number may take 4 bytes to send, and 32 as one of Python's objects. So bodies larger
# than this wait for each other, as large pictures do.
LARGE: Final = 2**20
_ONE_LARGE: Final = threading.Lock()


def one_large(body: bytes) -> AbstractContextManager[object]:
    """While a large body is parsed and what it holds is in use, no other one is."""
    return _ONE_LARGE if len(body) > LARGE else nullcontext()


def parse_object(text: bytes) -> dict[str, Any]:
    """The JSON object in the text. Raises werkzeug's BadRequest for anything else."""
    if text.count(b"[") > _MOST_LISTS or text.count(b"{") > _MOST_OBJECTS:
        raise BadRequest(
            f"the JSON holds over {_MOST_LISTS:,} lists or {_MOST_OBJECTS:,} objects"
        )
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise BadRequest("the JSON is nested too deep") from None
    except ValueError as error:  # what follows a semicolon is advice for programmers
        reason = str(error).partition(";")[0]
        raise BadRequest(f"the request is not JSON: {reason}") from None
    if not isinstance(document, dict):
        raise BadRequest("the request is not a JSON object")
    return document


def decode_base64(text: str) -> bytes:
    """The bytes of a base64 text, which may be broken into lines (RFC 2045).

    Raises werkzeug's BadRequest.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise BadRequest("a picture in the JSON is not base64") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
