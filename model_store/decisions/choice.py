"""What people chose to be served: the pin and the canary."""

import contextlib
import re

from model_store.decisions.canary import Canary
from model_store.decisions.records import Author, Decision, Decisions
from model_store.errors import BrokenPin
from model_store.place import StorePath, content_at, remove


class Choice:
    """The records of decisions in a place, and PINNED of earlier releases beside them.

    Every method may raise StoreUnavailable; those that read, BrokenPin.
    """

    def __init__(self, place: StorePath) -> None:
        self.decisions = Decisions(place / "decisions")
        self._file = place / "PINNED"

    def pinned(self) -> int | None:
        """The version that is served whatever is newer, or None.

        A file PINNED was written by an earlier release, or by hand since the last
        decision, which removed it: so it counts.
        """
        by_file = self._by_file()
        if by_file is not None:
            return by_file
        last = self.decisions.newest("pin", "unpin")
        return last.version if last else None

    def pin(self, version: int, author: Author) -> None:
        """Pin a version, valid or not."""
        self._decide(Decision.now(author, "pin", version))

    def unpin(self, author: Author) -> None:
        """Pin nothing, if anything is pinned; a pin that is broken ends, too."""
        with contextlib.suppress(BrokenPin):
            if self.pinned() is None:
                return
        self._decide(Decision.now(author, "unpin"))

    def canary(self) -> Decision | None:
        """The last decision on a canary, "canary" or "end canary"; None if none was."""
        return self.decisions.newest("canary", "end canary")

    def start_canary(self, canary: Canary, author: Author) -> None:
        """Let that version answer its share, in place of another canary."""
        share = canary.percent
        self.decisions.add(Decision.now(author, "canary", canary.version, share))

    def end_canary(self, author: Author) -> None:
        """Let the served version answer everything, whatever DIGITS_CANARY says."""
        self.decisions.add(Decision.now(author, "end canary"))

    def _decide(self, decision: Decision) -> None:
        self.decisions.add(decision)
        remove(self._file)

    def _by_file(self) -> int | None:
        content = content_at(self._file)
        if content is None:
            return None
        text = content.decode(errors="replace").strip()
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise BrokenPin(self._file, text)
        return int(text)
