"""Work that a worker does now and then, beside the requests."""

import threading
from collections.abc import Callable


def every(seconds: float, action: Callable[[], None], name: str) -> threading.Thread:
    """Call the action in a daemon thread, every so many seconds from then on."""
    pause = threading.Event()

    def run() -> None:
        while not pause.wait(seconds):
            action()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
