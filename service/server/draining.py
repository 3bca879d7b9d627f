"""A stop that balancers see coming: SIGTERM is announced first, and obeyed later.

A balancer sends requests until it has noticed that /readyz says 503, and clients use
the connections that they have kept. So for some seconds the service answers as before,
but is not ready, and ends each kept connection with its next answer.
"""

import os
import signal
import threading
from contextlib import suppress

from gunicorn.arbiter import Arbiter

from service.serving import stopping


def drain_before_stopping(server: Arbiter, seconds: float) -> None:
    """Let the master's first SIGTERM be an announcement; a second one stops it now."""
    stop = server.handle_term

    def handle_term() -> None:
        # After SIGUSR2 a newer master answers at the same address: nobody need go.
        if not seconds or server.reexec_pid:
            stop()
        server.handle_term = stop
        with suppress(OSError):  # a full disk: clients are not told, and it stops
            stopping.announce()
        server.log.info("not ready any more; stopping in %g s", seconds)
        timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
        timer.daemon = True
        timer.start()

    server.handle_term = handle_term
