"""Headers that tell a browser to trust no answer further than it must."""

Headers = list[tuple[str, str]]

_ALWAYS = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]
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


def security_headers(headers: Headers) -> Headers:
    """What to add to an answer's headers; what it says of caching itself stands."""
    given = {name.lower(): value for name, value in headers}
    added = _ALWAYS.copy()
    if "cache-control" not in given:
        added.append(("Cache-Control", "no-store"))
    if given.get("content-type", "").startswith("text/html"):
        added.append(("Content-Security-Policy", _POLICY))
    return added
