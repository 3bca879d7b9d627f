"""Headers that tell a browser to trust no answer further than it must."""

from werkzeug.datastructures import Headers

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def add_security_headers(headers: Headers) -> None:
    """Complete an answer's headers; what it says of caching itself stands.

    There is no CORS header: another site's page cannot read an answer.
    """
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers.setdefault("Cache-Control", "no-store")
    if headers.get("Content-Type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", _POLICY)
