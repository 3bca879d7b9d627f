"""Headers that tell a browser to trust no answer further than it must."""

Headers = list[tuple[str, str]]

_ALWAYS = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]


def policy(script: str = "'self'", style: str = "'self'") -> str:
    """What a page may load, and from where: its own host, and what it holds itself."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {script}",
            f"style-src {style}",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


_POLICY = policy()


def security_headers(headers: Headers) -> Headers:
    """What to add to an answer's headers.

    What it says of caching itself stands, and so does a page's own policy.
    """
    given = {name.lower(): value for name, value in headers}
    added = _ALWAYS.copy()
    if "cache-control" not in given:
        added.append(("Cache-Control", "no-store"))
    is_page = given.get("content-type", "").startswith("text/html")
    if is_page and "content-security-policy" not in given:
        added.append(("Content-Security-Policy", _POLICY))
    return added
