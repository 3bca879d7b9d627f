"""API keys and admin tokens: where they come from, and whether a request has one.

Only SHA-256 digests are kept, so that neither a log nor an error can show a key. A key
is compared with every digest in constant time, whatever its length.
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
    """Keys in the setting itself, or a file with one key a line.

    Attributes:
        path: the file; None if the keys are in the setting.
        given: the SHA-256 digests of the keys in the setting.
    """

    path: Path | None
    given: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, text: str) -> "KeySource | None":
        """`key1,key2` or `@/path/to/file`; "" is None. Raises ValueError."""
        if not text:
            return None
        if text.startswith("@"):  # a lone @ is refused when it is read
            return cls(Path(text[1:]))
        return cls(None, _digests(text.split(",")))

    def read(self) -> tuple[bytes, ...]:
        """The digests as they are now. Raises OSError, ValueError."""
        if self.path is None:
            return self.given
        return _digests(self.path.read_text(encoding="utf-8").splitlines())


class Keys:
    """The keys that are valid now; changes of a file are followed."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._digests: tuple[bytes, ...] = ()  # none before the first refresh
        self._logged = LoggedOnce()

    def refresh(self) -> None:
        """Read the file again; if it cannot be read, the keys stay as they are."""
        fault = ""
        try:
            self._digests = self._source.read()
        except (OSError, ValueError):  # the error's text might show a key
            fault = f"{self._source.path} cannot be read as one key a line"
        self._logged.report(fault)

    def digest(self, authorization: str) -> bytes | None:
        """The digest of the key in `Bearer KEY`; None if it is not a valid key."""
        scheme, _, key = authorization.partition(" ")
        presented = _digest(key.strip())
        # Compare with every digest, so that the time does not depend on which one fits.
        found = sum([hmac.compare_digest(presented, known) for known in self._digests])
        return presented if found and scheme.lower() == "bearer" else None


def _digests(keys: Iterable[str]) -> tuple[bytes, ...]:
    stripped = [key.strip() for key in keys]
    if not any(stripped) or not all(_VISIBLE.fullmatch(key) for key in stripped if key):
        raise ValueError("no key, or a key with other than visible ASCII characters")
    return tuple(_digest(key) for key in stripped if key)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
