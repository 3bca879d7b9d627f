"""Reverse proxies: which X-Forwarded-* headers are believed, and what they change."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_PREFIX = re.compile(r"(/[\w.~-]+)+", re.ASCII)


@dataclass(frozen=True)
class TrustedProxies:
    """The networks of the proxies in front; only their headers are believed."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "TrustedProxies":
        """`10.0.0.5,192.168.0.0/16,fd00::/8`, or "". Raises ValueError."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        return cls(tuple(ip_network(name) for name in names))

    def apply(self, environ: dict[str, Any]) -> None:
        """Put client, scheme and prefix into a WSGI environ as a trusted proxy says.

        Nothing changes for any other peer. A proxy must set or remove all three of
        X-Forwarded-For, -Proto and -Prefix, since it passes on what a client sent.
        """
        if not self.networks or not self._trusts(environ.get("REMOTE_ADDR", "")):
            return
        environ["REMOTE_ADDR"] = self._client(environ)
        scheme = _last(environ.get("HTTP_X_FORWARDED_PROTO", "")).lower()
        if scheme in {"http", "https"}:
            environ["wsgi.url_scheme"] = scheme
        prefix = environ.get("HTTP_X_FORWARDED_PREFIX", "").rstrip("/")
        if _PREFIX.fullmatch(prefix):
            environ["SCRIPT_NAME"] = prefix

    def _client(self, environ: dict[str, Any]) -> str:
        """The last address in X-Forwarded-For that is not a trusted proxy's.

        A client may have written those before it. If an entry is no address, the
        address after it counts.
        """
        nearest: str = environ["REMOTE_ADDR"]
        for name in _from_the_right(environ.get("HTTP_X_FORWARDED_FOR", "")):
            if address(name) is None:
                break
            nearest = name
            if not self._trusts(name):
                break
        return nearest

    def _trusts(self, name: str) -> bool:
        found = address(name)
        return found is not None and any(found in network for network in self.networks)


@functools.lru_cache(maxsize=4096)
def address(name: str) -> Address | None:
    """The address in that text, or None; an IPv4-mapped IPv6 address as IPv4."""
    try:
        found = ip_address(name)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _from_the_right(header: str) -> Iterator[str]:
    return (name.strip() for name in reversed(header.split(",")))


def _last(header: str) -> str:
    return next(_from_the_right(header))
