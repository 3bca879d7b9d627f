"""docs/from-a-correction.md: its commands do what it says, as they stand there."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.documents import code_blocks
from tests.support.environment import ROOT, without_settings
from tests.support.installation import free_port
from tests.support.waiting import TIMEOUT_S

LINES = [
    line.removeprefix("$ ")
    for block in code_blocks("docs/from-a-correction.md", "console")
    for line in block.splitlines()
]
SERVED = "http://127.0.0.1:8000"
TRAIN = "python -m trainer train"
# What a reader does beside the commands: has installed, waits, goes on a moment later.
BESIDE = {
    "make install": ":",
    ". .venv/bin/activate": ":",
    "python -m service &": "python -m service & "
    f"until curl --silent --fail {SERVED}/readyz; do sleep 0.2; done",
}


def test_correction_becomes_a_better_version_and_is_rolled_back(tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    said = _walk(tmp_path, free_port())
    assert re.findall(r'"label": ?(\d)', said) == ["8", "0", "0", "8"]
    assert '"state":"pending"' in said
    assert "published version 2" in said
    assert "parent    version 1" in said
    assert "zeros with a slash are not ours" in said
    assert not (tmp_path / "tutorial").exists()


def _walk(directory: Path, port: int) -> str:
    """What the commands print, one after the other; each of them must succeed."""
    commands = [BESIDE.get(line, line) for line in LINES]
    commands = [f"{c} && sleep 2" if c.startswith(TRAIN) else c for c in commands]
    script = "set -eux\n" + "\n".join(commands)
    environ = without_settings() | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "DIGITS_PORT": str(port),
        "DIGITS_WORKERS": "1",
        "DIGITS_DRAIN_SECONDS": "0",
        "OPENBLAS_NUM_THREADS": "1",
    }
    bash = subprocess.Popen(
        ["bash", "-c", script.replace(SERVED, f"http://127.0.0.1:{port}")],
        cwd=directory,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = bash.communicate(timeout=4 * TIMEOUT_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(bash.pid, signal.SIGTERM)
    assert bash.returncode == 0, said
    return said
