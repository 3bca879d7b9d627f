"""Samples in the background, so that no counter wraps unseen in a long phase."""

import threading
from collections.abc import Callable

INTERVAL_S = 1.0  # a 65 kJ counter wraps in 65 s at 1 kW


class Sampler:
    """A thread that calls `sample` every second until that returns False.

    `ensure_running` and `sample` must be called under one and the same lock, else a
    thread that is about to end could be taken for a running one.
    """

    def __init__(self, sample: Callable[[], bool], lock: threading.RLock) -> None:
        self._sample, self._lock = sample, lock
        self._thread: threading.Thread | None = None

    def ensure_running(self) -> None:
        """Start the thread unless it runs (after a fork it does not)."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._run, name="energy-sampler", daemon=True
            )
            self._thread.start()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(INTERVAL_S):
            with self._lock:
                if not self._sample():
                    self._thread = None
                    return
