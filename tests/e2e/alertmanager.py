"""A real Alertmanager, and a real Prometheus that tells it what breaks."""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.e2e.prometheus import CONFIG, Prometheus
from tests.support.installation import free_port
from tests.support.waiting import TIMEOUT_S, ended, wait_until

SHORTER = {
    r"\[1d\]": "[60s]",
    r"for: \w+": "for: 2s",
    r"interval: 1m": "interval: 1s",
    r">= 1000": ">= 50",
}


@dataclass(frozen=True)
class Alertmanager:
    """Tells which alerts it has."""

    url: str
    prometheus: Prometheus

    def alerts(self) -> dict[str, Any]:
        """The firing alerts by name."""
        with contextlib.suppress(requests.ConnectionError):
            answer = requests.get(f"{self.url}/api/v2/alerts", timeout=TIMEOUT_S)
            return {alert["labels"]["alertname"]: alert for alert in answer.json()}
        return {}

    def wait_for(self, name: str) -> dict[str, Any]:
        """The alert, once it has come."""
        wait_until(f"{name} has come", lambda: name in self.alerts())
        found: dict[str, Any] = self.alerts()[name]
        return found


@contextlib.contextmanager
def alerting(
    scratch: Path, service_url: str, trainer_url: str
) -> Iterator[Alertmanager]:
    """Our configuration, and a real Prometheus that tells it of these two.

    The rules are ours, but for their patience: a minute is a second here, a day a
    minute.
    """
    port = free_port()
    url = f"127.0.0.1:{port}"
    with (scratch / "alerting.log").open("w") as log:
        process = subprocess.Popen(
            [
                "prometheus-alertmanager",
                f"--config.file={CONFIG.with_name('alertmanager.yml')}",
                f"--storage.path={scratch / 'alertmanager'}",
                f"--web.listen-address={url}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )
        targets = {
            "127.0.0.1:8000": service_url.removeprefix("http://"),
            "127.0.0.1:8001": trainer_url,
            "127.0.0.1:9093": url,
        }
        config = _config(scratch, targets)
        prometheus_port = free_port()
        prometheus = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={scratch / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{prometheus_port}",
            ],
            stdout=log,
            stderr=log,
        )
    with ended(process), ended(prometheus):
        asked = Prometheus(f"http://127.0.0.1:{prometheus_port}")
        yield Alertmanager(f"http://{url}", asked)


def _config(scratch: Path, targets: dict[str, str]) -> Path:
    changes = {**targets, "15s": "1s"}
    for name in ("prometheus.yml", "rules.yml", "drift.yml", "alerts.yml"):
        text = CONFIG.with_name(name).read_text()
        for ours, theirs in changes.items():
            text = text.replace(ours, theirs)
        if name in ("drift.yml", "alerts.yml"):
            for pattern, shorter in SHORTER.items():
                text = re.sub(pattern, shorter, text)
        (scratch / name).write_text(text)
    return scratch / "prometheus.yml"
