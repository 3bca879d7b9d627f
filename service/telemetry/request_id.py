"""The id of a request: the client's own, if it can be logged as it is, or a new one."""

import os
import re
from collections.abc import Mapping
from typing import Any

HEADER = "X-Request-ID"

# Nothing that a line of JSON, a shell or a log viewer would take for more than a name.
_SANE = re.compile(r"[\w.:/+=@~-]{1,128}", re.ASCII)


def request_id(environ: Mapping[str, Any]) -> str:
    """X-Request-ID of a WSGI environment, or 32 random hexadecimal digits."""
    given = environ.get("HTTP_X_REQUEST_ID")
    if given and _SANE.fullmatch(given):
        return str(given)
    return os.urandom(16).hex()
