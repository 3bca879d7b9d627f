"""python -m energy battery: training cycles measured on a battery that drains."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.energy.programs import run, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.energy.conftest import Supply

# A training cycle that takes 10 mAh off a fake battery, and chatters.
CYCLE = """
import pathlib, sys
gauge = pathlib.Path(sys.argv[1]) / "charge_now"
gauge.write_text(str(int(gauge.read_text()) - 10_000))
print("epoch 1")
"""
PLUG_IN = """
import pathlib, sys, time
(pathlib.Path(sys.argv[1]) / "status").write_text("Charging")
time.sleep(600)
"""


def live(supply: Supply, *arguments: str) -> tuple[str, ...]:
    root = ("--root", str(supply.path.parent), "--baseline", "0")
    return ("battery", *root, *arguments)


def test_runs_of_a_command_are_measured_and_its_output_kept_off_the_figures(
    new_supply: Callable[..., Supply],
) -> None:
    supply = new_supply(charge_now=5_000_000, voltage_now=12_000_000)
    cycle = (sys.executable, "-c", CYCLE, str(supply.path))
    flags = live(supply, "--runs", "2", "--json", "--", *cycle)
    status, stdout, stderr = run(*flags)
    figures = json.loads(stdout)
    assert status == 0
    assert (figures["runs"], figures["milliamp_hours"]) == (2, 10)
    assert figures["joules"] == pytest.approx(10 * 3.6 * 12)
    assert stderr.count("epoch 1") == 2


def test_a_person_runs_the_cycles_and_presses_enter(
    new_supply: Callable[..., Supply],
) -> None:
    supply = new_supply(charge_now=5_000_000, voltage_now=12_000_000)
    process = start(*live(supply, "--runs", "4"), stdin=subprocess.PIPE)
    assert process.stderr is not None
    assert "Run 4 training cycles now" in process.stderr.readline()
    subprocess.run([sys.executable, "-c", CYCLE, str(supply.path)], check=True)
    stdout, _ = process.communicate("\n", timeout=30)
    assert process.returncode == 0
    assert stdout.splitlines()[0] == "2.5 mAh per training cycle"


@pytest.fixture
def draining(new_supply: Callable[..., Supply]) -> Iterator[Supply]:
    """A battery that gives 1 mAh ten times a second."""
    supply = new_supply(charge_now=5_000_000, voltage_now=12_000_000)
    end = threading.Event()

    def drain() -> None:
        charge = 5_000_000
        while not end.wait(0.1):
            charge -= 1_000
            (supply.path / "new").write_text(f"{charge}\n")
            (supply.path / "new").replace(supply.path / "charge_now")

    thread = threading.Thread(target=drain)
    thread.start()
    yield supply
    end.set()
    thread.join()


def test_the_idle_machine_is_measured_first(draining: Supply) -> None:
    root = ("--root", str(draining.path.parent), "--baseline", "1")
    sleep = (sys.executable, "-c", "import time; time.sleep(1)")
    status, stdout, stderr = run("battery", *root, "--runs", "1", "--", *sleep)
    lines = stdout.splitlines()
    assert status == 0
    assert stderr.splitlines()[0] == "Measuring the idle machine for 1 s ..."
    assert "J of it above the idle machine's" in lines[-2]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((sys.executable, "-c", "raise SystemExit(3)"), "exited with status 3"),
        (("no-such-program",), "no-such-program: No such file"),
        ((), "no one pressed Enter"),
    ],
)
def test_a_cycle_that_fails_measures_nothing(
    new_supply: Callable[..., Supply], command: tuple[str, ...], told: str
) -> None:
    supply = new_supply(charge_now=5_000_000, voltage_now=12_000_000)
    status, stdout, stderr = run(*live(supply, "--", *command))
    assert (status, stdout) == (2, "")
    assert told in stderr.splitlines()[-1]


def test_plugging_in_ends_the_measurement_and_the_command(
    new_supply: Callable[..., Supply],
) -> None:
    supply = new_supply(charge_now=5_000_000, voltage_now=12_000_000)
    cycle = (sys.executable, "-c", PLUG_IN, str(supply.path))
    status, stdout, stderr = run(*live(supply, "--", *cycle))  # would take 10 minutes
    assert (status, stdout) == (2, "")
    assert "BAT0 is not discharging (Charging)" in stderr.splitlines()[-1]
