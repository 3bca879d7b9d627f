"""A real Prometheus that scrapes one service every second."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.support.environment import ROOT
from tests.support.installation import free_port
from tests.support.waiting import TIMEOUT_S, ended, wait_until

CONFIG = ROOT / "deploy" / "prometheus" / "prometheus.yml"
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Prometheus:
    """Answers PromQL."""

    url: str

    def query(self, promql: str) -> dict[Labels, float]:
        """The value of each series, by its labels."""
        answer = requests.get(
            f"{self.url}/api/v1/query", params={"query": promql}, timeout=TIMEOUT_S
        )
        return {
            tuple(sorted(series["metric"].items())): float(series["value"][1])
            for series in answer.json()["data"]["result"]
        }

    def number(self, promql: str) -> float:
        """The one value of a query; 0 before there is any."""
        values = list(self.query(promql).values())
        return values[0] if values else 0

    def wait_for(self, promql: str, value: float) -> None:
        """Until a scrape has brought that value."""
        wait_until(f"{promql} is {value}", lambda: self.number(promql) == value)

    def is_ready(self) -> bool:
        """Whether it answers queries."""
        try:
            return requests.get(f"{self.url}/-/ready", timeout=TIMEOUT_S).ok
        except requests.ConnectionError:
            return False


@contextlib.contextmanager
def scraping(service_url: str, scratch: Path) -> Iterator[Prometheus]:
    """A Prometheus with our configuration, but for the target and the interval."""
    port = free_port()
    with (scratch / "prometheus.log").open("w") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={_config(service_url, scratch)}",
                f"--storage.tsdb.path={scratch / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    with ended(process):
        prometheus = Prometheus(f"http://127.0.0.1:{port}")
        wait_until("Prometheus is ready", prometheus.is_ready)
        yield prometheus


def _config(service_url: str, scratch: Path) -> Path:
    ours = CONFIG.read_text()
    target = service_url.removeprefix("http://")
    changed = ours.replace("127.0.0.1:8000", target).replace("15s", "1s")
    for rules in ("rules.yml", "drift.yml", "alerts.yml"):
        changed = changed.replace(rules, str(CONFIG.with_name(rules)))
    path = scratch / "prometheus.yml"
    path.write_text(changed)
    return path
