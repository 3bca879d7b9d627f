"""Publishes copies of a store's first version: python -m tests.e2e.publisher COUNT.

The store is DIGITS_STORE. Prints each new number; a COUNT of 0 goes on for ever.
"""

import itertools
import os
import sys
from pathlib import Path

from model_store import open_store


def main() -> None:
    """Publish COUNT times."""
    store = open_store(os.environ["DIGITS_STORE"], Path(os.environ["DIGITS_STATE"]))
    model = store.load(1)
    count = int(sys.argv[1])
    for _ in range(count) if count else itertools.count():
        version = store.publish(model.network, model.card)
        sys.stdout.write(f"{version}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
