"""How gunicorn runs the service; docs/workers.md gives the reasons."""

import os
import shutil
import sys
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

import service.wsgi  # noqa: F401 (once, here: workers are ready sooner, and share it)
from service.config import ServiceConfig
from service.server.draining import drain_before_stopping
from service.telemetry.counters.dead_workers import merge_dead_worker

_config = ServiceConfig.from_environ(os.environ)

wsgi_app = "service.wsgi:application()"
_host = f"[{_config.host}]" if ":" in _config.host else _config.host
bind = [f"{_host}:{_config.port}"]
workers = _config.workers
threads = _config.threads
worker_class = "service.server.worker.Worker"
keepalive = _config.keep_alive_seconds
timeout = 30
graceful_timeout = 20
forwarded_allow_ips = ""  # service/access/proxies.py says which proxy is believed
if _config.log_format == "json":
    logger_class = "service.telemetry.log.JsonLogger"
control_socket_disable = True  # one address to reach the service, and no file to write
proc_name = "digits"


def when_ready(server: Arbiter) -> None:
    """SIGTERM: balancers and clients are told before it stops."""
    drain_before_stopping(server, _config.drain_seconds)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """A dead worker's counters stay, with those of the others that are gone."""
    merge_dead_worker(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]), worker.pid)


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """What the last requests cost is counted, too."""
    if application := getattr(worker, "wsgi", None):  # it may have ended before
        application.extensions["digits"].ledger.tick()


def pre_exec(server: Arbiter) -> None:
    """SIGUSR2: start as the command does; by its path gunicorn would hide `http`."""
    server.START_CTX["args"] = [sys.executable, "-m", "gunicorn", "--config", __file__]


def on_exit(server: Arbiter) -> None:
    """The counters belong to the service, be its master an older or a newer one."""
    if server.reexec_pid or server.master_pid:
        return
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
