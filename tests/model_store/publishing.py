"""What the processes of test_publishing do: publish version 1 again and again."""

import itertools
import os
from collections.abc import Mapping
from threading import Barrier

from tests.support.commands import Place


def publish_with_others(
    place: Place, environ: Mapping[str, str], count: int, together: Barrier
) -> None:
    """Publish so often, from the moment at which all the others are ready too."""
    together.wait()
    publish(place, environ, count)


def publish(place: Place, environ: Mapping[str, str], count: int | None) -> None:
    """Publish so often, or for ever, and note each number in a file of one's own."""
    os.environ.update(environ)  # the server that forked this may be older than a bucket
    store = place.store
    model = store.load(1)
    for _ in range(count) if count else itertools.count():
        version = store.publish(model.network, model.card)
        (place.root / f"published-{version}").touch(exist_ok=False)
