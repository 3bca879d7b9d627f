"""How gunicorn runs the service; docs/operations.md gives the reasons."""

import os
import shutil

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from prometheus_client.multiprocess import mark_process_dead

import service.wsgi  # noqa: F401 (once, here: workers are ready sooner, and share it)
from service.config import ServiceConfig

_config = ServiceConfig.from_environ(os.environ)

wsgi_app = "service.wsgi:application()"
_host = f"[{_config.host}]" if ":" in _config.host else _config.host
bind = [f"{_host}:{_config.port}"]
workers = _config.workers
threads = _config.threads
worker_class = "service.server.worker.Worker"
keepalive = 5
timeout = 30
graceful_timeout = 20
forwarded_allow_ips = ""  # service/access/proxies.py says which proxy is believed
if _config.log_format == "json":
    logger_class = "service.telemetry.log.JsonLogger"
control_socket_disable = True  # one address to reach the service, and no file to write
proc_name = "digits"


def child_exit(server: Arbiter, worker: Worker) -> None:
    """A dead worker's counters stay; only its live gauges go."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """What the last requests cost is counted, too."""
    if application := getattr(worker, "wsgi", None):  # it may have ended before
        application.extensions["digits"].ledger.tick()


def on_exit(server: Arbiter) -> None:
    """The counters belong to one run of the service."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
