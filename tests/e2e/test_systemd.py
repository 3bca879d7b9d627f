"""deploy/systemd: units that systemd understands, and a restart that refuses nobody."""

import configparser
import contextlib
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.load import SteadyLoad
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.client import Client
from tests.support.environment import ROOT
from tests.support.installation import Installation, stop
from tests.support.waiting import TIMEOUT_S, ended, wait_until

UNITS = ROOT / "deploy" / "systemd"
PYTHON = "/opt/digits/bin/python"
# As systemd hands over a socket: as file 3, with the process id for which it is.
HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture
def listener(trained: Installation) -> Iterator[socket.socket]:
    """What digits.socket opens."""
    with socket.create_server(("127.0.0.1", trained.port), backlog=128) as listener:
        yield listener


@contextlib.contextmanager
def activated(
    place: Installation, listener: socket.socket
) -> Iterator[subprocess.Popen[bytes]]:
    """The command of digits.service, from when it says that it is ready."""
    unit = configparser.RawConfigParser(strict=False)
    unit.read(UNITS / "digits.service")
    command = unit["Service"]["ExecStart"].replace(PYTHON, sys.executable)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.settimeout(TIMEOUT_S)
        address = place.root / "notify"
        address.unlink(missing_ok=True)
        notified.bind(str(address))
        process = subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(listener.fileno()),
             *shlex.split(command)],
            cwd=ROOT,
            env={**place.environ(), "NOTIFY_SOCKET": str(address)},
            pass_fds=[listener.fileno()],
        )  # fmt: skip
        with ended(process):
            assert b"READY=1" in notified.recv(4096)
            yield process


def test_restart_refuses_no_request(
    trained: Installation, listener: socket.socket
) -> None:
    client, picture = Client(f"http://127.0.0.1:{trained.port}"), digits.picture(2)
    with contextlib.ExitStack() as running:
        first = running.enter_context(activated(trained, listener))
        wait_until("the service is ready", client.is_ready)
        with SteadyLoad(lambda: client.predict(picture)) as load:
            assert stop(first, signal.SIGTERM) == 0
            before = len(load.versions)
            running.enter_context(activated(trained, listener))
            wait_until("it goes on", lambda: len(load.versions) > before + 10)
    assert load.failures == []


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    need_tools()
    for unit in UNITS.iterdir():
        text = unit.read_text().replace(PYTHON, sys.executable)
        (tmp_path / unit.name).write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", *tmp_path.iterdir()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("unit", ["digits.service", "digits-trainer.service"])
def test_unit_leaves_its_process_few_rights(unit: str) -> None:
    need_tools()
    command = shutil.which("systemd-analyze")
    assert command
    judged = subprocess.run(
        [command, "security", "--offline=yes", "--threshold=20", UNITS / unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout  # 20: an exposure of 2.0 of 10
