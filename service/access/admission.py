"""Who may ask for a prediction or pin a version: keys, the admin token, the rate."""

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from service.access.keys import Keys
from service.access.proxies import address
from service.access.rate_limit import whole_seconds
from service.access.shared_counts import Counts

# In the environ: header fields of the answer that describe the rate limit.
RATE_FIELDS = "digits.rate_fields"

_IPV6_NETWORK_BYTES = 8  # a /64 belongs to one customer


@dataclass(frozen=True)
class Admission:
    """The checks of a request; each is None where its setting is unset."""

    api_keys: Keys | None
    admin_token: Keys | None
    counts: Counts | None

    def check(self, environ: dict[str, Any]) -> None:
        """Check a prediction. Raises werkzeug's Unauthorized, TooManyRequests."""
        if environ["REQUEST_METHOD"] != "POST" or not _predicts(environ["PATH_INFO"]):
            return
        client = self.client(environ)
        if self.counts:
            standing = self.counts.count(client)
            environ[RATE_FIELDS] = self.counts.rate.fields(standing)
            if standing.wait:
                _refuse(standing.wait)

    def client(self, environ: dict[str, Any]) -> bytes:
        """What a client is known by: its key where it needs one, else its network.

        Raises werkzeug's Unauthorized.
        """
        if self.api_keys:
            return _holder(self.api_keys, environ)
        return _network(environ["REMOTE_ADDR"])

    def check_admin(self, environ: dict[str, Any]) -> bytes:
        """Check an admin call; returns what the token's holder is known by.

        Raises werkzeug's Forbidden, Unauthorized.
        """
        if self.admin_token is None:
            raise Forbidden("admin calls are off, as DIGITS_ADMIN_TOKEN is unset")
        return _holder(self.admin_token, environ)

    def is_admin(self, environ: dict[str, Any]) -> bool:
        """Whether a request that needs no token has a valid one all the same."""
        token = environ.get("HTTP_AUTHORIZATION", "")
        return self.admin_token is not None and bool(self.admin_token.digest(token))

    def refresh(self) -> None:
        """Read the files of keys again."""
        for keys in (self.api_keys, self.admin_token):
            if keys:
                keys.refresh()


_PREDICTING = {
    "/", "/predict", "/predict/batch", "/read", "/feedback", "/learn",
    "/learn/step",
    "/v1/models/digits:predict",
}  # fmt: skip


def _predicts(path: str) -> bool:
    return path in _PREDICTING or (path.startswith("/v2/") and path.endswith("/infer"))


def _holder(keys: Keys, environ: dict[str, Any]) -> bytes:
    """The digest of the request's key, which identifies the client.

    Raises werkzeug's Unauthorized if the key is missing or not valid.
    """
    digest = keys.digest(environ.get("HTTP_AUTHORIZATION", ""))
    if digest is None:
        raise Unauthorized(
            "send a valid key as 'Authorization: Bearer KEY'",
            www_authenticate=WWWAuthenticate("bearer", {"realm": "digits"}),
        )
    return digest


def _network(name: str) -> bytes:
    """The bytes that a client's address is counted by: all of it, or its IPv6 /64."""
    found = address(name)
    if found is None:  # a Unix socket's peer has none
        return name.encode()
    return found.packed if found.version == 4 else found.packed[:_IPV6_NETWORK_BYTES]


def _refuse(wait: float) -> None:
    seconds = whole_seconds(wait)
    raise TooManyRequests(
        f"over the rate limit; try again in {seconds} s", retry_after=seconds
    )
