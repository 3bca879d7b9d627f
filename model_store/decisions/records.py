"""Who decided what about the served version, when and why: numbered records.

A record is written once and never changed; the newest one of a kind counts. So two who
decide at the same moment both leave a record, and no file is ever overwritten.
"""

import contextlib
import getpass
import json
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from model_store.decisions.canary import Canary
from model_store.errors import BrokenPin, StoreUnavailable
from model_store.place import StorePath, create, listed, version_of

ACTIONS: Final = ("pin", "unpin", "canary", "end canary", "withdraw")
PROBATION: Final = "probation"  # the author of a pin that no person decided


@dataclass(frozen=True)
class Author:
    """Who decides, and why; both are shown wherever the decision is."""

    by: str
    why: str = ""

    @classmethod
    def this_user(cls, why: str = "") -> "Author":
        """Whoever runs this program, as user@host."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a container may run as a number without a name
            user = "unknown"
        return cls(f"{user}@{socket.gethostname()}", why)


@dataclass(frozen=True)
class Decision:
    """One record.

    Attributes:
        at: when, in UTC, as ISO 8601.
        action: one of ACTIONS.
        version: None for "unpin" and "end canary".
        percent: the canary's share of the predictions, else None.
    """

    at: str
    action: str
    version: int | None
    percent: float | None
    by: str
    why: str

    @classmethod
    def now(
        cls,
        author: Author,
        action: str,
        version: int | None = None,
        percent: float | None = None,
    ) -> "Decision":
        """What is decided at this moment."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        return cls(at, action, version, percent, author.by, author.why)

    @property
    def timestamp(self) -> float:
        """`at` in seconds since 1970; UTC unless it says otherwise."""
        moment = datetime.fromisoformat(self.at)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

    def canary(self) -> Canary | None:
        """The canary that was started by it; None if it ended one."""
        if self.version is None or self.percent is None:
            return None
        return Canary(self.version, self.percent)

    def to_dict(self) -> dict[str, Any]:
        """The record for JSON."""
        return asdict(self)

    def to_bytes(self) -> bytes:
        """The content of its file."""
        return (json.dumps(self.to_dict()) + "\n").encode()

    @classmethod
    def parse(cls, path: object, text: str) -> "Decision":
        """The record in a file's text. Raises BrokenPin."""
        try:
            record = cls(**json.loads(text))
            datetime.fromisoformat(record.at)
        except (ValueError, TypeError, RecursionError):
            raise BrokenPin(path, text) from None
        if record.action not in ACTIONS or not isinstance(record.version, int | None):
            raise BrokenPin(path, text)
        return record


class Decisions:
    """The records in a directory; each is read once, as it never changes."""

    def __init__(self, directory: StorePath) -> None:
        self.directory = directory
        self._read: dict[StorePath, Decision] = {}

    def all(self) -> list[Decision]:
        """Every record that can be read, the oldest first. Raises StoreUnavailable."""
        records = []
        for path in self._paths():
            with contextlib.suppress(BrokenPin):
                records.append(self._record(path))
        return records

    def newest(self, *actions: str) -> Decision | None:
        """The last record of these actions, None if there is none.

        Raises BrokenPin if a later record is not readable, StoreUnavailable.
        """
        records = map(self._record, reversed(self._paths()))
        return next((record for record in records if record.action in actions), None)

    def add(self, decision: Decision) -> None:
        """Write one more record. Raises StoreUnavailable."""
        while True:
            number = max(map(version_of, listed(self.directory)), default=0) + 1
            with contextlib.suppress(FileExistsError):
                create(self.directory / f"{number:06d}.json", decision.to_bytes())
                return

    def _paths(self) -> list[StorePath]:
        return sorted(filter(version_of, listed(self.directory)), key=version_of)

    def _record(self, path: StorePath) -> Decision:
        if path not in self._read:
            try:
                text = path.read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                raise StoreUnavailable(path, error) from None
            self._read[path] = Decision.parse(path, text)
        return self._read[path]
