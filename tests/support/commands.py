"""The commands as processes of their own, in a place with a store of its own.

`python -m trainer` loads pandas and scikit-learn for seconds. So a server process loads
them once, and forks a process for each command; and a report of plots, which takes
seconds too, is left out. One test of each program starts it without this, to show that
nothing hangs on it.
"""

import json
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from model_store import ModelStore, open_store
from tests.support.environment import ROOT, without_settings
from tests.support.waiting import TIMEOUT_S

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.support.preloaded"])


@dataclass(frozen=True)
class Run:
    """A program that runs or has run, and the files that its output goes to."""

    process: ForkServerProcess
    stdout_file: Path
    stderr_file: Path

    @property
    def stdout(self) -> str:
        return self.stdout_file.read_text()

    @property
    def stderr(self) -> str:
        return self.stderr_file.read_text()

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self.process.exitcode

    def end(self) -> "Run":
        """Wait for it."""
        self.process.join(TIMEOUT_S)
        if self.process.is_alive():
            self.process.kill()
            raise AssertionError(f"it runs on and on: {self.stderr}")
        return self

    def error_line(self) -> str:
        """The one line of a program that refused what it was asked."""
        assert (self.code, self.stdout) == (2, ""), (self.code, self.stderr)
        [line] = self.stderr.splitlines()
        return line


@dataclass(frozen=True)
class Place:
    """A store, a state and a data directory, and the programs that use them.

    bucket: the address of the store, if it is not a directory.
    """

    root: Path
    bucket: str | None = None

    @property
    def store(self) -> ModelStore:
        return open_store(self.address, self.root / "state")

    @property
    def address(self) -> str:
        return self.bucket or str(self.root / "models")

    @property
    def data(self) -> Path:
        return self.root / "data"

    def environ(self) -> dict[str, str]:
        """This process's environment without any settings but those of this place."""
        return {
            **without_settings(),
            "DIGITS_STORE": self.address,
            "DIGITS_STATE": str(self.root / "state"),
            "DIGITS_DATA": str(self.data),
            "DIGITS_ENERGY_SOURCE": "estimate",
        }

    def start(self, program: str, *arguments: object, **settings: str) -> Run:
        """Start `python -m program`; its output goes to files."""
        return self.start_prepared((_leave_alone, {}), program, *arguments, **settings)

    def start_prepared(
        self,
        preparation: tuple[Callable[[Any], None], Any],
        program: str,
        *arguments: object,
        **settings: str,
    ) -> Run:
        """The same, once a function (and its argument) has run in the process."""
        number = len(list(self.root.glob("*.out")))
        out, err = self.root / f"{number}.out", self.root / f"{number}.err"
        out.touch()
        err.touch()
        environ = {**self.environ(), **settings}
        words = [*map(str, arguments)]
        process = processes.Process(
            target=_become, args=(preparation, program, words, environ, (out, err))
        )
        process.start()
        return Run(process, out, err)

    def run(self, program: str, *arguments: object, **settings: str) -> Run:
        """Run `python -m program` to its end."""
        return self.start(program, *arguments, **settings).end()

    def json(self, program: str, *arguments: object, **settings: str) -> Any:
        """The JSON document that a program prints."""
        run = self.run(program, *arguments, "--json", **settings)
        assert run.code == 0, run.stderr
        return json.loads(run.stdout)

    def run_plainly(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run `python -m ...` as a user does."""
        return subprocess.run(
            [sys.executable, "-m", *map(str, arguments)],
            cwd=ROOT,
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )


def _leave_alone(_nothing: object) -> None:
    """Start a program as it is."""


def _become(
    preparation: tuple[Callable[[Any], None], Any],
    program: str,
    arguments: list[str],
    environ: Mapping[str, str],
    output: tuple[Path, Path],
) -> None:

    os.environ.clear()
    os.environ.update(environ)
    for path, handle in zip(output, (1, 2), strict=True):
        os.dup2(os.open(path, os.O_WRONLY), handle)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [program, *arguments]
    prepare, argument = preparation
    prepare(argument)
    runpy.run_module(program, run_name="__main__", alter_sys=True)
