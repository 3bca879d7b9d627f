"""gunicorn's threaded worker, whose main thread answers small requests itself.

To hand a thread a request that needs a fraction of a millisecond costs more than to
answer it, for the threads then fight for the interpreter's lock. And health checks are
thus answered even while all threads are busy.
"""

import os
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from service.config import ServiceConfig
from service.server.cheap_body import is_cheap
from service.server.lingering_close import LingeringCloseWorker
from service.server.rebalancing import Rebalancing
from service.server.small_request import (
    HEALTH_CHECK,
    MOST_BYTES,
    Environ,
    answer,
    is_writable,
    peek,
    read_whole,
)


class MainThreadWorker(LingeringCloseWorker):
    """Answers each small request that has arrived whole, in its main thread."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._rebalancing = Rebalancing()

    def run(self) -> None:
        """Take up connections; the older workers leave it some."""
        shared = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        self._rebalancing.join(shared / "newest-worker")
        super().run()

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """Answer a small prediction without taking its connection off the poller.

        To take a kept connection off and put it on again for each request would cost
        a tenth of a prediction.
        """
        received = peek(client, MOST_BYTES + 1)
        environ = self._small_prediction(received, conn) if received else None
        if received is None or environ is None:
            super().on_client_socket_readable(conn, client)
            return
        keeps = self._answer(environ, len(received), conn)
        self.keepalived_conns.remove(conn)
        if keeps:  # at the end, as they lie in the order of their timeouts
            conn.set_timeout()
            self.keepalived_conns.append(conn)
        else:
            self.poller.unregister(client)
            self.linger(conn)

    def at_once(self, received: bytes, conn: Any) -> Callable[[], Any] | None:
        """Return what is to answer this request now; None leaves it to a thread.

        Calling it answers, and returns whether the connection is kept.
        """
        if HEALTH_CHECK.fullmatch(received) and is_writable(conn.sock):
            conn.data_ready = True
            return partial(self.handle, conn)
        environ = self._small_prediction(received, conn)
        if environ is None:
            return None
        return partial(self._answer, environ, len(received), conn)

    def keeps(self, conn: Any) -> bool:
        """Whether a connection goes on; each answer says so, for clients to know."""
        first_answer_at = vars(conn).setdefault("first_answer_at", time.monotonic())
        return bool(self.alive) and not self._rebalancing.ends(first_answer_at)

    def _small_prediction(self, received: bytes, conn: Any) -> Environ | None:
        """The environ of what was received, if it can be answered now, and is cheap."""
        if self._config.fast_path == "off":
            return None
        environ = read_whole(received, conn.client, conn.server)
        if environ is None or not is_cheap(
            environ["wsgi.input"].getvalue(), environ.get("CONTENT_TYPE", "")
        ):
            return None
        return environ if is_writable(conn.sock) else None

    def _answer(self, environ: Environ, length: int, conn: Any) -> bool:
        """Take the request, which was only peeked at, off the connection; answer it."""
        conn.init()
        keep_alive = self.keeps(conn)
        try:
            conn.sock.recv(length)
            conn.sock.sendall(answer(self.wsgi, environ, keep_alive))
        except OSError:  # it hung up
            return False
        except Exception as error:  # noqa: BLE001 (as gunicorn does: logged, and a 500)
            self.handle_error(None, conn.sock, conn.client, error)
            return False
        return keep_alive

    @property
    def _config(self) -> ServiceConfig:
        found: ServiceConfig = self.wsgi.extensions["digits"].config
        return found
