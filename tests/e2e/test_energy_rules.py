"""The recording rules: joules per prediction and per version, and grams of CO2e."""

import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.engine import compose_command
from tests.e2e.prometheus import CONFIG, Prometheus, scraping
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.environment import ROOT
from tests.support.installation import Installation
from tests.support.waiting import wait_until

RULES = CONFIG.with_name("rules.yml")
PREDICTIONS = 20
GRAMS_PER_KWH = 360.0  # 1e-4 g/J

# For each rule, the same from the metrics that it is made of.
VALUES = {
    "model_version_source:digits_prediction_energy_joules:sum": (
        "sum(digits_prediction_energy_joules_sum)"
    ),
    "model_version:digits_model_energy_joules:sum": (
        "sum(digits_model_training_energy_joules)"
        " + sum(digits_prediction_energy_joules_sum)"
    ),
    "model_version:digits_prediction_energy_joules:amortised": (
        "(sum(digits_model_training_energy_joules)"
        " + sum(digits_prediction_energy_joules_sum))"
        f" / {PREDICTIONS}"
    ),
    "model_version:digits_predictions:break_even": (
        f"{PREDICTIONS} * sum(digits_model_training_energy_joules)"
        " / sum(digits_prediction_energy_joules_sum)"
    ),
    "model_version:digits_model_co2e_grams:sum": (
        "1e-4 * (sum(digits_model_training_energy_joules)"
        " + sum(digits_prediction_energy_joules_sum))"
    ),
}
RATES = [
    "model_version_source:digits_prediction_energy_joules:mean5m",
    "model_version_source:digits_prediction_energy_joules:rate5m",
    "model_version_source:digits_prediction_co2e_grams:mean5m",
    "source:digits_process_co2e_grams:rate5m",
]


def _agree(prometheus: Prometheus, rule: str, metrics: str) -> bool:
    recorded = prometheus.number(rule)
    return recorded == pytest.approx(prometheus.number(metrics)) and recorded > 0


@pytest.mark.parametrize(
    "command",
    [("check", "rules", RULES), ("test", "rules", RULES.with_name("rules.test.yml"))],
)
def test_promtool_accepts_the_rules(command: tuple[object, ...]) -> None:
    need_tools()
    checked = subprocess.run(
        ["promtool", *map(str, command)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_real_prometheus_records_what_the_metrics_say(
    trained: Installation, tmp_path: Path
) -> None:
    need_tools()
    shutil.copy(RULES, tmp_path)  # the test's configuration lies there
    settings = {
        "DIGITS_ENERGY_SOURCE": "estimate",
        "DIGITS_CARBON_GRAMS_PER_KWH": str(GRAMS_PER_KWH),
    }
    paid = "sum(digits_prediction_energy_joules_count)"
    with (
        trained.serving(**settings) as service,
        scraping(service.url, tmp_path) as prometheus,
    ):
        wait_until("the service is ready", service.is_ready)
        assert service.predict(digits.picture(1)).ok
        # A series must be there before it can be seen to grow.
        prometheus.wait_for(paid, 1)
        for i in range(1, PREDICTIONS):
            assert service.predict(digits.picture(i % 10)).ok
        prometheus.wait_for(paid, PREDICTIONS)
        for rule, metrics in VALUES.items():
            wait_until(rule, partial(_agree, prometheus, rule, metrics))
        for rule in RATES:
            wait_until(rule, partial(prometheus.number, rule))
        spent = service.get("/models/1").json()["energy_per_prediction"]
        recorded = prometheus.number(next(iter(VALUES)))
    assert spent["predictions"] == PREDICTIONS
    assert spent["mean_joules"] * PREDICTIONS == pytest.approx(recorded)


def test_counters_are_mounted_read_only_and_unprivileged() -> None:
    need_tools()
    files = ("--file", "compose.yaml", "--file", "compose.rapl.yaml")
    shown = subprocess.run(
        [*compose_command(), *files, "config"],
        cwd=ROOT,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin", "RAPL_GID": "987"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert "privileged: true" not in shown.stdout
    assert "cap_add" not in shown.stdout
    assert shown.stdout.count("987") == 2
    # Compose shows a mount in one line or, newer, in several.
    mount = r"powercap(:|\s+target: )/host/powercap(:ro|\s+read_only: true)"
    assert len(re.findall(mount, shown.stdout)) == 2


def test_counters_without_a_group_are_refused() -> None:
    need_tools()
    shown = subprocess.run(
        [*compose_command(), "--file", "compose.yaml", "--file", "compose.rapl.yaml",
         "config"],
        cwd=ROOT,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert shown.returncode != 0
    assert "RAPL_GID" in shown.stderr
