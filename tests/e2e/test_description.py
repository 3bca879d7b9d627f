"""schemathesis finds nothing: every answer of the service is as /openapi.json says."""

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.programs import ROOT, Service

SEED, EXAMPLES = 20_260_101, 30


def test_schemathesis_finds_nothing(service: Service, tmp_path: Path) -> None:
    """Examples, edge cases, random requests and sequences of them; all checks."""
    end = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            f"{service.url}/openapi.json",
            f"--seed={SEED}",
            f"--max-examples={EXAMPLES}",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.e2e.pictures_for_schemathesis",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert end.returncode == 0, end.stdout
    assert "No issues found" in end.stdout
    accepted = 'digits_http_requests_total{code="200",method="POST",route="/predict"}'
    assert accepted in service.get("/metrics").text
