"""`python -m energy` as a process, without the settings of this environment."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
ENVIRON = {k: v for k, v in os.environ.items() if not k.startswith("DIGITS_")}


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "energy", *arguments],
        cwd=REPOSITORY,
        env=ENVIRON | options.pop("environ", {}),
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
