"""Reverse proxies: whose X-Forwarded-* headers are believed, and what they change."""

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
    """The networks of the proxies in front; their headers are true, others' are not."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "TrustedProxies":
        """`10.0.0.5,192.168.0.0/16,fd00::/8`, or "". Raises ValueError."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        return cls(tuple(ip_network(name) for name in names))

    def apply(self, environ: dict[str, Any]) -> None:
        """Put client, scheme and prefix into a WSGI environ as a trusted proxy says.

        From any other peer nothing changes. A proxy must set or remove all three of
        X-Forwarded-For, -Proto and -Prefix, as it passes on what it does not.
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
        """The last address that no trusted proxy has; who is before it may have lied.

        Falls back to the nearest known one where the list holds no address.
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
    """The address of that name, or None; IPv4 in IPv6's clothes is IPv4."""
    try:
        found = ip_address(name)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _from_the_right(header: str) -> Iterator[str]:
    return (name.strip() for name in reversed(header.split(",")))


def _last(header: str) -> str:
    return next(_from_the_right(header))
