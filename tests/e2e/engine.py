"""A Docker engine: the one that runs, or one that is started for the tests."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.tools import HERE, give_up
from tests.support.environment import ROOT
from tests.support.waiting import ended, wait_until


def _succeeds(*command: str) -> bool:
    finished = subprocess.run(command, capture_output=True, check=False)
    return finished.returncode == 0


def _engine_answers() -> bool:
    return _succeeds("docker", "info")


@contextlib.contextmanager
def running_engine(scratch: Path) -> Iterator[None]:
    """An engine that answers; stopped after the block if it was started here."""
    if _engine_answers():
        yield
        return
    with (scratch / "dockerd.log").open("w") as log:
        engine = subprocess.Popen(["dockerd"], stdout=log, stderr=log)
    with ended(engine):
        wait_until(
            "dockerd starts or gives up",
            lambda: _engine_answers() or engine.poll() is not None,
        )
        if engine.poll() is not None:
            give_up((scratch / "dockerd.log").read_text().splitlines()[-1])
        yield


def docker(*words: str, check: bool = True, **environ: str) -> str:
    """What a command of Docker's prints; it runs where the checkout is."""
    finished = subprocess.run(
        ["docker", *words],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout.strip()


def compose_command() -> list[str]:
    """Compose as a plugin of docker, or the older command of its own."""
    plugin = _succeeds("docker", "compose", "version")
    return ["docker", "compose"] if plugin else ["docker-compose"]


def python_image() -> str:
    """PYTHON_IMAGE, or else the image that stands in for the official one."""
    return os.environ.get("PYTHON_IMAGE") or _made("python-image")


def nginx_image() -> str:
    """NGINX_IMAGE, or else the image that stands in for the official one."""
    return os.environ.get("NGINX_IMAGE") or _made("nginx-image")


def _made(name: str) -> str:
    """The image that a script beside this file makes."""
    made = subprocess.run(
        [HERE / name],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        give_up(f"no base image: {made.stderr.strip()}")
    return made.stdout.strip()
