"""The models that the gate refused, as the trainer keeps them aside."""

import contextlib
from dataclasses import dataclass
from functools import lru_cache

from model_store import Card, CorruptModel, ModelStore
from model_store.files import npz
from model_store.place import StorePath, listed

_MOST_KEPT = 64  # cards in memory


@dataclass(frozen=True)
class RefusedModel:
    """One of them; `card` is None if its file cannot be read."""

    name: str
    card: Card | None

    @property
    def reason(self) -> str:
        """Why the gate refused it."""
        reason = self.card.metrics.get("gate") if self.card else "its file is broken"
        return reason if isinstance(reason, str) else "unknown"


def last_refused(store: ModelStore, most: int) -> list[RefusedModel]:
    """The last ones, the newest first."""
    paths = listed(store.root / "rejected")
    named = {path.stem: path for path in paths if path.suffix == ".npz"}
    newest = sorted(named, reverse=True)[:most]
    return [RefusedModel(name, _card(named[name])) for name in newest]


def _card(path: StorePath) -> Card | None:
    with contextlib.suppress(CorruptModel, OSError):  # what is away may come back
        return _read(path)
    return None


@lru_cache(_MOST_KEPT)  # such a file never changes
def _read(path: StorePath) -> Card:
    return npz.read(path)[1]
