"""Work that a worker does now and then, beside the requests."""

import threading
import traceback
from collections.abc import Callable

from service.telemetry.complaint import Complaint


def every(seconds: float, action: Callable[[], None], name: str) -> threading.Thread:
    """Call the action in a daemon thread, every so many seconds from then on.

    What it raises is logged, once while it lasts, and its next turn comes as ever.
    """
    pause = threading.Event()
    complaint = Complaint()

    def run() -> None:
        while not pause.wait(seconds):
            fault = ""
            try:
                action()
            except Exception:  # noqa: BLE001 (whatever it is, other turns may do better)
                fault = f"{name}: {traceback.format_exc()}"
            complaint.tell(fault)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
