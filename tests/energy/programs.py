"""`python -m energy` as a process, without the settings of this environment."""

import subprocess
import sys
from typing import Any

from tests.support.environment import ROOT, without_settings


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "energy", *arguments],
        cwd=ROOT,
        env=without_settings() | options.pop("environ", {}),
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, **options: Any) -> tuple[int, str, str]:
    """The exit status, stdout and stderr of an energy command."""
    process = start(*arguments, **options)
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr
