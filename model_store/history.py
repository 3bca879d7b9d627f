"""What was served when, and why: publications and decisions in one order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from model_store.decisions.records import Decision
from model_store.store import ModelStore

TRAINER = "trainer"


@dataclass(frozen=True)
class Event:
    """Something that may change which version is served.

    Attributes:
        served: the version that a host serves from then on; None for none.
    """

    decision: Decision
    served: int | None

    def to_dict(self) -> dict[str, Any]:
        """The event for JSON: at, action, version, percent, by, why, served."""
        return {**self.decision.to_dict(), "served": self.served}

    def __str__(self) -> str:
        """A line for people."""
        it = self.decision
        what = " ".join([it.action, *(() if it.version is None else [str(it.version)])])
        share = "" if it.percent is None else f" for {it.percent:g} %"
        served = "nothing is served" if self.served is None else f"serves {self.served}"
        why = f": {it.why}" if it.why else ""
        return f"{it.at[:19]}Z  {what + share:<22} {served:<10} {it.by}{why}"


def history(store: ModelStore, versions: Iterable[int]) -> list[Event]:
    """The events of a store whose valid versions are known, the oldest first.

    A version that was pruned has no event any more; a canary never changes what is
    served to the others. Raises StoreUnavailable.
    """
    records = [
        *filter(None, (_published(store, version) for version in versions)),
        *filter(None, store.withdrawals.all().values()),
        *store.choice.decisions.all(),
    ]
    state, events = _State(), []
    for record in sorted(records, key=lambda record: record.timestamp):
        state.follow(record)
        events.append(Event(record, state.served()))
    return events


def _published(store: ModelStore, version: int) -> Decision | None:
    try:
        written = store.path(version).stat().st_mtime
    except OSError:  # pruned meanwhile
        return None
    at = datetime.fromtimestamp(written, UTC).isoformat(timespec="milliseconds")
    return Decision(at, "publish", version, None, TRAINER, "")


class _State:
    """What a host that has seen the events so far serves."""

    def __init__(self) -> None:
        self._versions: set[int] = set()
        self._withdrawn: set[int] = set()
        self._pinned: int | None = None

    def follow(self, record: Decision) -> None:
        if record.action == "publish" and record.version:
            self._versions.add(record.version)
        elif record.action == "withdraw" and record.version:
            self._withdrawn.add(record.version)
        elif record.action in ("pin", "unpin"):
            self._pinned = record.version

    def served(self) -> int | None:
        servable = self._versions - self._withdrawn
        if self._pinned in servable:
            return self._pinned
        return max(servable, default=None)
