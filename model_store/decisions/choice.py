"""What people chose to be served: the pin and the canary, in the state directory."""

import contextlib
from pathlib import Path

from model_store.decisions.canary import Canary
from model_store.decisions.pin import Pin
from model_store.decisions.records import Author, Decision, Decisions
from model_store.errors import BrokenPin


class Choice:
    """The records of decisions in `state`, and PINNED of earlier releases.

    Every method may raise StoreUnavailable; those that read, BrokenPin.
    """

    def __init__(self, state: Path) -> None:
        self.decisions = Decisions(state / "decisions")
        self._file = Pin(state / "PINNED")

    def pinned(self) -> int | None:
        """The version that is served whatever is newer, or None.

        A file PINNED was written by an earlier release, or by hand since the last
        decision, which removed it: so it counts.
        """
        by_file = self._file.read()
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
        self._file.remove()
