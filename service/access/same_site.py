"""Whether a request comes from another site's page, which must not speak for us."""

from typing import Any
from urllib.parse import urlsplit

from service.access.origins import Origins


def is_of_another_site(environ: dict[str, Any], allowed: Origins) -> bool:
    """By what browsers say of a request (Fetch Metadata; Origin in older ones).

    allowed: the sites whose pages may call the service all the same.
    """
    origin = environ.get("HTTP_ORIGIN", "")
    if origin and allowed.has(origin):
        return False
    if site := environ.get("HTTP_SEC_FETCH_SITE"):
        return site not in ("same-origin", "none")
    # A program sends neither; a page from a file, or in a sandbox, sends null.
    return bool(origin) and urlsplit(origin).netloc != environ.get("HTTP_HOST")
