"""The dashboard is made as it is checked in; its queries: test_alertmanager.py."""

import json
import subprocess
import sys
from typing import Any

from tests.support.environment import ROOT

GRAFANA = ROOT / "deploy" / "grafana"
CHECKED_IN = (GRAFANA / "digits.json").read_text(encoding="utf-8")


def _made() -> str:
    command = [sys.executable, str(GRAFANA / "dashboard.py")]
    return subprocess.check_output(command, text=True)


def test_dashboard_is_made_twice_the_same_and_as_it_is_checked_in() -> None:
    assert _made() == _made() == CHECKED_IN


def test_every_panel_asks_the_source_that_the_reader_chose() -> None:
    document = json.loads(CHECKED_IN)
    [variable] = document["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("source", "datasource")
    assert "__inputs" not in document
    panels: list[dict[str, Any]] = document["panels"]
    graphs = [panel for panel in panels if panel["type"] != "row"]
    assert len(graphs) > 15
    for panel in graphs:
        assert panel["datasource"]["uid"] == "${source}", panel["title"]
