"""The programs as a user starts them: as processes, with a store of their own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.client import Client
from tests.support.environment import ROOT, without_settings
from tests.support.waiting import TIMEOUT_S, ended, wait_until

Program = subprocess.Popen[str]


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass(frozen=True)
class Service(Client):
    """A running service: its process is the gunicorn master."""

    process: Program

    def workers(self) -> list[int]:
        """The process ids of the gunicorn workers."""
        master = self.process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(pid) for pid in children.split()]

    def renew_workers(self) -> None:
        """SIGHUP, and wait until there are only new workers."""
        old = set(self.workers())
        self.process.send_signal(signal.SIGHUP)
        wait_until(
            "the workers are new ones",
            lambda: len(new := self.workers()) == 2 and not old & set(new),
        )


@dataclass(frozen=True)
class Installation:
    """A store, a state and a data directory, and the port of their service.

    Attributes:
        interpreter: the Python that has the programs, or finds them in `directory`.
        bucket: the address of the store, if it is not a directory.
    """

    root: Path
    port: int = field(default_factory=free_port)
    interpreter: Path = Path(sys.executable)
    directory: Path = ROOT
    bucket: str | None = None

    @property
    def store(self) -> Path:
        return self.root / "models"

    @property
    def versions(self) -> Path:
        return self.store / "versions"

    @property
    def data(self) -> Path:
        return self.root / "data"

    def environ(self) -> dict[str, str]:
        """This process's environment, without any settings but those of this place."""
        return {
            **without_settings(),
            "DIGITS_STORE": self.bucket or str(self.store),
            "DIGITS_STATE": str(self.root / "state"),
            "DIGITS_DATA": str(self.data),
            "DIGITS_PORT": str(self.port),
            "DIGITS_WORKERS": "2",
            "DIGITS_DRAIN_SECONDS": "0",  # no balancer is to be told
            "OPENBLAS_NUM_THREADS": "1",
        }

    def start(
        self,
        *arguments: object,
        settings: Mapping[str, str] | None = None,
        python: Sequence[str] = (),
    ) -> Program:
        """Start `python -m ...`; what it prints can be read from its pipes.

        python: options of the interpreter's own.
        """
        return subprocess.Popen(
            [self.interpreter, *python, "-m", *map(str, arguments)],
            cwd=self.directory,
            env={**self.environ(), **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(
        self, *arguments: object, python: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m ...` to its end."""
        with ended(process := self.start(*arguments, python=python)):
            out, err = process.communicate(timeout=TIMEOUT_S)
            return subprocess.CompletedProcess(
                process.args, process.returncode, out, err
            )

    def listed(self) -> list[int]:
        """The versions that `python -m model_store list` calls valid."""
        document = json.loads(self.run("model_store", "list", "--json").stdout)
        return [row["version"] for row in document["versions"] if row["valid"]]

    @contextlib.contextmanager
    def serving(self, **settings: str) -> Iterator[Service]:
        """A service that is alive; whether it is ready depends on the store."""
        with (self.root / "service.log").open("a") as log:
            process = subprocess.Popen(
                [self.interpreter, "-m", "service"],
                cwd=self.directory,
                env={**self.environ(), **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        with ended(process):
            service = Service(f"http://127.0.0.1:{self.port}", process)
            wait_until("the service is alive", service.is_alive)
            yield service

    def log(self) -> str:
        """What its services have written so far."""
        return (self.root / "service.log").read_text()


def press_ctrl_c(process: subprocess.Popen[Any]) -> None:
    """SIGINT to the process and its children, as a terminal sends it."""
    os.killpg(process.pid, signal.SIGINT)


def stop(process: subprocess.Popen[Any], number: signal.Signals) -> int:
    """Send a signal; the exit code."""
    process.send_signal(number)
    return process.wait(TIMEOUT_S)
