"""Which other sites' pages may read the answers (CORS, in the Fetch standard)."""

import re
from dataclasses import dataclass
from typing import Any, Final

Headers = list[tuple[str, str]]

_ORIGIN: Final = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
_PREFLIGHT_LASTS_S: Final = 600
# What a page's script may read beside the body.
_EXPOSED: Final = (
    "Inference-Header-Content-Length, RateLimit, RateLimit-Policy, Retry-After,"
    " traceresponse, X-Request-ID"
)


@dataclass(frozen=True)
class Origins:
    """The origins whose pages may read answers; `*` among them is any.

    Keys travel in the header Authorization, which a page has to know. Cookies are not
    used, so credentials are not allowed.
    """

    allowed: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> "Origins":
        """Origins with commas between, or `*`. Raises ValueError."""
        origins = frozenset(part.strip() for part in text.split(",") if part.strip())
        if not all(origin == "*" or _ORIGIN.fullmatch(origin) for origin in origins):
            raise ValueError(text)
        return cls(origins)

    def has(self, origin: str) -> bool:
        """Whether pages of that origin may call the service."""
        return "*" in self.allowed or origin in self.allowed

    def headers(self, environ: dict[str, Any]) -> Headers:
        """What the answer to a request says of who may read it."""
        if not self.allowed:
            return []
        if "*" in self.allowed:
            return [("Access-Control-Allow-Origin", "*"), *_access(environ)]
        vary, origin = ("Vary", "Origin"), environ.get("HTTP_ORIGIN", "")
        if origin not in self.allowed:
            return [vary]
        return [vary, ("Access-Control-Allow-Origin", origin), *_access(environ)]


def _access(environ: dict[str, Any]) -> Headers:
    """What a page may read of an answer; or, to a preflight, what it may send."""
    if "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in environ:
        return [("Access-Control-Expose-Headers", _EXPOSED)]
    wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    return [
        ("Access-Control-Allow-Methods", "GET, POST, DELETE"),
        ("Access-Control-Allow-Headers", wanted),
        ("Access-Control-Max-Age", str(_PREFLIGHT_LASTS_S)),
    ]
