"""The scheduler's own HTTP server: /healthz, /readyz, /metrics."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from model_store import ModelStore, StoreError
from trainer.schedule.metrics import ScheduleMetrics

Answer = tuple[int, str, bytes]


class StatusPages:
    """What each address answers."""

    def __init__(self, metrics: ScheduleMetrics, store: ModelStore) -> None:
        self._status = metrics.status
        self._store = store
        self._registry = CollectorRegistry()
        self._registry.register(metrics)

    def answer(self, path: str) -> Answer:
        """The status, the content type and the body for a path."""
        pages: dict[str, Callable[[], Answer]] = {
            "/healthz": self._health,
            "/readyz": self._readiness,
            "/metrics": self._scrape,
        }
        page = pages.get(path.partition("?")[0])
        return page() if page else _json(404, {"status": "no such address"})

    def _health(self) -> Answer:
        if self._status.is_alive(datetime.now(UTC)):
            return _json(200, {"status": "alive"})
        since = self._status.ticked.isoformat(timespec="seconds")
        return _json(503, {"status": f"the scheduler does nothing since {since}"})

    def _readiness(self) -> Answer:
        try:
            self._store.versions()
        except StoreError as error:
            return _json(503, {"status": f"the store cannot be used: {error}"})
        if self._status.fault:
            return _json(503, {"status": self._status.fault})
        role = "trains" if self._status.holds_lease else "stands by"
        return _json(200, {"status": "ready", "role": role})

    def _scrape(self) -> Answer:
        return 200, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(self._registry)


def _json(status: int, document: dict[str, str]) -> Answer:
    return status, "application/json", json.dumps(document).encode()


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def __init__(self, pages: StatusPages, *arguments: Any) -> None:
        self._pages = pages
        super().__init__(*arguments)

    def do_GET(self) -> None:
        status, kind, body = self._pages.answer(self.path)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """The log is the schedule's."""


def serve(pages: StatusPages, host: str, port: int) -> None:
    """Answer in threads of their own until the process ends. Raises OSError."""
    server = ThreadingHTTPServer((host, port), partial(_Handler, pages))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="status", daemon=True).start()
