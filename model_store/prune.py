"""Removing old versions, with their reports, and old models that the gate refused."""

import contextlib
from itertools import islice
from typing import NamedTuple

from model_store.best import best_version
from model_store.errors import BrokenPin, ModelNotFound
from model_store.place import listed, remove, version_of
from model_store.store import ModelStore


class Pruned(NamedTuple):
    """What was removed: numbers of versions, and names of files in rejected/."""

    versions: list[int]
    rejected: list[str]


def prune(store: ModelStore, keep: int) -> Pruned:
    """Remove all but the newest `keep` versions and the newest `keep` refused models.

    The served, the pinned, the canary and the best version always stay. Only valid
    versions are counted: others go when as many newer ones are kept. A report goes
    with its model. Raises StoreUnavailable.
    """
    return Pruned(_prune_versions(store, keep), _prune_rejected(store, keep))


def _prune_versions(store: ModelStore, keep: int) -> list[int]:
    used, versions = _in_use(store), store.versions()
    newest = [model.version for model in islice(store.valid(), keep)]
    oldest = min(newest, default=0)
    removed = [v for v in versions if v < oldest and v not in used]
    for version in removed:
        remove(store.path(version))
        remove(store.withdrawals.marker(version))
    kept = {0, *versions} - {*removed}
    for report in listed(store.root / "reports"):
        if version_of(report) not in kept:
            remove(report)
    return removed


def _in_use(store: ModelStore) -> set[int | None]:
    best = best_version(store)
    used: set[int | None] = {best.version if best else None}
    with contextlib.suppress(ModelNotFound):
        used.add(store.served().version)
    with contextlib.suppress(BrokenPin):
        used.add(store.pinned())
    with contextlib.suppress(BrokenPin):
        canary = store.choice.canary()
        used.add(canary.version if canary else None)
    return used


def _prune_rejected(store: ModelStore, keep: int) -> list[str]:
    paths = [p for p in listed(store.root / "rejected") if p.suffix == ".npz"]
    paths.sort(key=lambda path: path.name)
    for path in paths[:-keep]:
        remove(path)
        remove(store.root / "reports" / path.stem)
    return [path.name for path in paths[:-keep]]
