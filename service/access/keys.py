"""API keys and admin tokens: where they are kept, and whether a request has one.

Only SHA-256 digests are held, so that neither a log nor an error can show a key; and a
key is compared with every digest in constant time, whatever its length.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from service.telemetry.background import LoggedOnce

_VISIBLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class KeySource:
    """Keys given outright, or the file that holds one a line.

    Attributes:
        path: the file, None if the keys were given outright.
        given: the SHA-256 digests of the keys that were.
    """

    path: Path | None
    given: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, text: str) -> "KeySource | None":
        """`key1,key2` or `@/path/to/file`; "" is None. Raises ValueError."""
        if not text:
            return None
        if text.startswith("@"):  # alone it names no file, and is no key that was meant
            return cls(Path(text[1:]))
        return cls(None, _digests(text.split(",")))

    def read(self) -> tuple[bytes, ...]:
        """The digests as they are now. Raises OSError, ValueError."""
        if self.path is None:
            return self.given
        return _digests(self.path.read_text(encoding="utf-8").splitlines())


class Keys:
    """The keys that are valid now; a file is followed as it changes."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._digests: tuple[bytes, ...] = ()  # none is valid before the first refresh
        self._logged = LoggedOnce()

    def refresh(self) -> None:
        """Read the file again; one that cannot be read changes nothing."""
        fault = ""
        try:
            self._digests = self._source.read()
        except (OSError, ValueError):  # whose text might show what the file holds
            fault = f"{self._source.path} cannot be read as one key a line"
        self._logged.report(fault)

    def digest(self, authorization: str) -> bytes | None:
        """The digest of the key in `Bearer KEY`, or None if that is no valid key."""
        scheme, _, key = authorization.partition(" ")
        presented = _digest(key.strip())
        # Every digest is looked at: which one it was takes no time to tell.
        found = sum([hmac.compare_digest(presented, known) for known in self._digests])
        return presented if found and scheme.lower() == "bearer" else None


def _digests(keys: Iterable[str]) -> tuple[bytes, ...]:
    stripped = [key.strip() for key in keys]
    if not any(stripped) or not all(_VISIBLE.fullmatch(key) for key in stripped if key):
        raise ValueError("no keys, or not keys")
    return tuple(_digest(key) for key in stripped if key)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
