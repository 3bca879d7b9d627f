"""Work that a worker repeats beside the requests, and faults that it logs once."""

import logging
import threading
import traceback
from collections.abc import Callable

log = logging.getLogger(__name__)


class LoggedOnce:
    """Logs a fault when it begins or changes, not again while it lasts."""

    def __init__(self) -> None:
        self._lasting = ""

    def report(self, fault: str) -> None:
        """Note the fault that there is now, "" for none."""
        if fault and fault != self._lasting:
            log.error("%s", fault)
        self._lasting = fault


def every(seconds: float, action: Callable[[], None], name: str) -> threading.Thread:
    """Call the action in a daemon thread, first after that many seconds.

    An exception is logged, once while it lasts, and does not end the repetition.
    """
    pause = threading.Event()
    logged = LoggedOnce()

    def run() -> None:
        while not pause.wait(seconds):
            fault = ""
            try:
                action()
            except Exception:  # noqa: BLE001 (the next call may succeed)
                fault = f"{name}: {traceback.format_exc()}"
            logged.report(fault)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
