"""The probation of a new version that people correct twice as often as its parent.

Then the parent is pinned, and nobody need be awake for that. It is done once: whatever
a person decides, before or afterwards, stands.
"""

from datetime import datetime, timedelta
from typing import Final

from feedback.corrections.records import Usage
from feedback.corrections.usage import usage
from feedback.database import Database
from model_store import (
    Author,
    Model,
    ModelNotFound,
    ModelStore,
    StoreError,
    StoreUnavailable,
)
from model_store.decisions.records import PROBATION

LASTS: Final = timedelta(hours=24)
FEWEST: Final = 20  # accepted corrections; fewer may be one person's
_TWICE: Final = 2
_VERSIONS: Final = 100


def end_of_probation(
    store: ModelStore, database: Database, now: datetime
) -> str | None:
    """Pin the parent of a version that does badly; what was done, None if nothing.

    Raises StoreUnavailable, BrokenPin, FeedbackError.
    """
    version = _on_probation(store, now)
    parent = version and version.card.parent
    if not version or not parent:
        return None
    with database.reading() as connection:
        known = usage(connection, _VERSIONS)
    ours, theirs = known.get(version.version, Usage()), known.get(parent, Usage())
    if not _is_doubled(ours, theirs):
        return None
    why = (
        f"{_told(ours)} of version {version.version} were corrected,"
        f" {_told(theirs)} of version {parent}"
    )
    try:
        store.pin(parent, Author(PROBATION, why))
    except StoreUnavailable:
        raise
    except StoreError:  # it is gone or withdrawn
        return None
    return f"version {parent} is pinned: {why}"


def _on_probation(store: ModelStore, now: datetime) -> Model | None:
    """The newest version, if it is young and nobody has chosen since it came."""
    try:
        newest = store.served()
    except ModelNotFound:
        return None
    came = newest.published or 0.0
    if now.timestamp() - came > LASTS.total_seconds() or store.pinned() is not None:
        return None
    choices = (d for d in store.choice.decisions.all() if d.action in ("pin", "unpin"))
    return None if any(choice.timestamp > came for choice in choices) else newest


def _is_doubled(ours: Usage, theirs: Usage) -> bool:
    """Corrections per prediction; of a parent that nobody used nothing is known."""
    if ours.corrected < FEWEST or not ours.predictions or not theirs.predictions:
        return False
    rate = theirs.corrected / theirs.predictions
    return ours.corrected / ours.predictions > _TWICE * rate


def _told(usage: Usage) -> str:
    return f"{usage.corrected} of {usage.predictions} answers"
