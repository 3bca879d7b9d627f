"""schemathesis finds nothing: every answer of the service is as /openapi.json says."""

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.environment import ROOT
from tests.support.installation import Installation
from tests.support.pages import Page
from tests.support.waiting import wait_until

SEED, EXAMPLES = 20_260_101, 20
TOKEN = "a-token-of-the-tests"


def test_schemathesis_finds_nothing(trained: Installation, tmp_path: Path) -> None:
    """Examples, edge cases, random requests and sequences of them; all checks."""
    program = Path(sys.executable).with_name("schemathesis")
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.e2e.pictures_for_schemathesis",
    }
    with trained.serving(DIGITS_ADMIN_TOKEN=TOKEN) as service:
        wait_until("the service is ready", service.is_ready)
        end = subprocess.run(
            [
                program,
                f"--config-file={ROOT / 'tests' / 'e2e' / 'schemathesis.toml'}",
                "run",
                f"{service.url}/openapi.json",
                f"--header=Authorization: Bearer {TOKEN}",
                f"--seed={SEED}",
                f"--max-examples={EXAMPLES}",
            ],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        metrics = service.get("/metrics").text
    assert end.returncode == 0, end.stdout
    for route in ("/predict", "/models/unpin"):
        sample = (
            f'digits_http_requests_total{{code="200",method="POST",route="{route}"}}'
        )
        assert sample in metrics  # it came further than refusals


def test_every_call_on_the_page_works_when_pasted(
    trained: Installation, tmp_path: Path
) -> None:
    need_tools()
    (tmp_path / "digit.png").write_bytes(digits.picture(7))
    with trained.serving(DIGITS_ADMIN_TOKEN=TOKEN) as service:
        wait_until("the service is ready", service.is_ready)
        said = service.predict(digits.picture(7)).json()
        environ = {
            **os.environ,
            "DIGITS_ADMIN_TOKEN": TOKEN,
            "TOKEN": said["feedback"]["token"],
        }
        lines = Page(service.get("/docs").text).text.splitlines()
        calls = [line.strip() for line in lines if line.strip().startswith("curl ")]
        assert len(calls) == len(set(calls)) == 47
        for call in calls:
            pasted = call.replace("curl ", "curl --silent --show-error --fail ", 1)
            subprocess.run(
                pasted,
                shell=True,
                cwd=tmp_path,
                env=environ,
                check=True,
                capture_output=True,
            )
