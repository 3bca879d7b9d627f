"""What the processes of test_publishing do: publish version 1 again and again."""

import itertools
from pathlib import Path
from threading import Barrier

from model_store import ModelStore


def publish_with_others(root: Path, count: int, together: Barrier) -> None:
    """Publish so often, from the moment at which all the others are ready too."""
    together.wait()
    publish(root, count)


def publish(root: Path, count: int | None) -> None:
    """Publish so often, or for ever, and note each number in a file of one's own."""
    store = ModelStore(root / "models", root / "state")
    model = store.load(1)
    for _ in range(count) if count else itertools.count():
        version = store.publish(model.network, model.card)
        (root / f"published-{version}").touch(exist_ok=False)
