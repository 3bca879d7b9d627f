"""Every alert fires where it should, stays silent where it should, and is explained."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.alert_cases import CASES, Case, Series, drift
from tests.e2e.tools import need_tools
from tests.support.environment import ROOT

RULES = [ROOT / "deploy/prometheus" / name for name in ("alerts.yml", "drift.yml")]
ALERTS = re.findall(r"- alert: (\w+)", RULES[0].read_text(encoding="utf-8"))
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")


def _group(case: Case, series: Series, alert: str, fires: bool) -> Any:
    firing = f'group(ALERTS{{alertname="{alert}",alertstate="firing"}})'
    samples = [{"labels": "{}", "value": 1}] if fires else []
    return {
        "interval": f"{case.step}m",
        "input_series": [{"series": s, "values": v} for s, v in series.items()],
        "promql_expr_test": [
            {
                "expr": firing,
                "eval_time": f"{case.minutes}m",
                "exp_samples": samples,
            }
        ],
    }


def _failures(tests: list[Any], scratch: Path, step: int = 1) -> str:
    """What promtool says against the tests; "" if all are right."""
    need_tools()
    path = scratch / "alerts.test.yml"  # JSON is YAML
    document = {
        "rule_files": [str(rule) for rule in RULES],
        "evaluation_interval": f"{step}m",
        "tests": tests,
    }
    path.write_text(json.dumps(document))
    run = subprocess.run(
        ["promtool", "test", "rules", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if run.returncode == 0 else run.stdout + run.stderr


def test_every_alert_has_a_case() -> None:
    assert set(CASES) == set(ALERTS)


@pytest.mark.parametrize("alert", CASES)
def test_alert_fires_and_is_silent_where_it_should(alert: str, tmp_path: Path) -> None:
    case = CASES[alert]
    tests = [_group(case, case.fires, alert, True)]
    if alert != "DigitsWatchdog":
        for series in (case.silent, *case.also_silent):
            tests.append(_group(case, series, alert, False))
    assert _failures(tests, tmp_path, case.step) == ""


@pytest.mark.parametrize("alert", ["DigitsDown", "DigitsTrainingLate"])
def test_series_that_vanished_is_no_silence(alert: str, tmp_path: Path) -> None:
    assert _failures([_group(Case({}, {}), {}, alert, True)], tmp_path) == ""


def test_every_alert_is_explained_in_the_runbook() -> None:
    sections = re.findall(r"^## (Digits\w+)$", RUNBOOK, re.M)
    assert sections == ALERTS
    links = re.findall(r"runbook_url: (\S+)", RULES[0].read_text(encoding="utf-8"))
    assert links == [f"docs/runbook.md#{alert.lower()}" for alert in ALERTS]


def test_drift_is_what_numpy_says(tmp_path: Path) -> None:
    """PSI of shares (0.5, 0.5) against ten times 0.1; KS 0.4 against 0.02 at 0.9."""
    series = drift([0, 5, 0, 0, 0, 0, 0, 5, 0, 0], "0+10x2000", "0+4x2000")
    group = _group(CASES["DigitsLabelDrift"], series, "", False)
    group["promql_expr_test"] = [
        {
            "expr": f"round(model_version:digits_{name}1d, 0.001)",
            "eval_time": "1600m",
            "exp_samples": [{"labels": '{model_version="3"}', "value": value}],
        }
        for name, value in (("label_shift:psi", 6.808), ("confidence_shift:ks", 0.38))
    ]
    assert _failures([group], tmp_path, 4) == ""
