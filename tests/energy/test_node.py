from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from energy import EnergySettings, open_meter
from energy.node import NodeLedger
from tests.support.environment import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.energy.conftest import FakeClocks, Machine, PowercapTree, Zone

# A worker: it ticks when it is told to by a line on stdin, and answers with one.
WORKER = """
import json, sys
from pathlib import Path
from energy import EnergySettings, open_meter
from energy.node import NodeLedger

meter = open_meter(EnergySettings(source="rapl", powercap_root=Path(sys.argv[1])))
ledger = NodeLedger(Path(sys.argv[2]), meter)
for _ in sys.stdin:
    count = ledger.count(meter.tick())
    print(json.dumps(count and count.joules.get("package")), flush=True)
"""


class Worker:
    """A real process with its own meter."""

    def __init__(self, root: Path, lock: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(root), str(lock)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tick(self) -> float | None:
        """What it counted for the node; None if it does not count."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        joules: float | None = json.loads(self.process.stdout.readline())
        return joules

    def end(self, sign: int = signal.SIGKILL) -> None:
        self.process.send_signal(sign)
        self.process.communicate()


def test_of_many_workers_one_counts_and_when_it_is_killed_another_goes_on(
    tree: PowercapTree, package: Zone, tmp_path: Path
) -> None:
    workers = [Worker(tree.root, tmp_path / "node.lock") for _ in range(4)]
    truth, counted = 0.0, 0.0
    first_ticks = [worker.tick() for worker in workers]
    assert [joules is None for joules in first_ticks].count(False) == 1
    for round_ in range(8):
        package.add(10)
        truth += 10
        told = [worker.tick() for worker in workers]
        counts = [joules for joules in told if joules is not None]
        assert len(counts) == 1
        counted += counts[0]
        if round_ in {2, 4, 6}:
            leader = told.index(counts[0])
            package.add(7)  # nobody sees this before the leader dies
            truth += 7
            workers.pop(leader).end()
    assert counted == pytest.approx(truth)
    for worker in workers:
        worker.end()


def test_a_stopped_leader_keeps_the_count_and_gives_it_up_when_it_ends(
    tree: PowercapTree, package: Zone, tmp_path: Path
) -> None:
    first, second = (Worker(tree.root, tmp_path / "node.lock") for _ in range(2))
    first.tick()
    assert second.tick() is None
    package.add(5)
    assert second.tick() is None
    first.end(signal.SIGTERM)
    package.add(6)
    assert second.tick() == pytest.approx(11)
    second.end()


def test_the_leader_counts_its_own_ticks(
    machine: Machine, package: Zone, tmp_path: Path
) -> None:
    package.set(package.range_uj - 5_000_000)
    meter = machine.open()
    ledger = NodeLedger(tmp_path / "node.lock", meter)
    assert ledger.try_lead()
    assert ledger.try_lead()  # it stays so
    machine.clocks.advance(1)
    package.add(20)
    count = ledger.count(meter.tick())
    assert count is not None
    assert (count.joules, count.wraps, count.skipped) == ({"package": 20}, 1, {})
    assert count.idle_joules == pytest.approx(20)  # a quiet second


def test_two_ledgers_of_one_path_never_lead_both(
    machine: Machine, package: Zone, tmp_path: Path
) -> None:
    meter = machine.open()
    first, second = (NodeLedger(tmp_path / "node.lock", meter) for _ in range(2))
    assert first.try_lead()
    assert not second.try_lead()
    assert second.count(meter.tick()) is None


def test_idle_energy_of_the_time_without_a_leader_is_counted_too(
    machine: Machine, package: Zone, tmp_path: Path
) -> None:
    lock = tmp_path / "node.lock"
    worker = Worker(machine.tree.root, lock)
    worker.tick()
    worker.end()
    machine.clocks.now = json.loads(lock.with_suffix(".json").read_text())["reading"][
        "at"
    ]
    meter = machine.open()
    machine.clocks.advance(3)  # the worker died three seconds before
    meter.tick()
    machine.clocks.advance(1)
    package.add(20)
    count = NodeLedger(lock, meter).count(meter.tick())
    assert count is not None
    assert count.joules == {"package": 20}
    assert count.idle_joules == pytest.approx(4 * 20)


def spoil_nothing(_state: dict[str, Any]) -> None:
    """What was left is of the worker before, in this boot."""


def spoil_age(state: dict[str, Any]) -> None:
    state["reading"]["at"] -= 3600


def spoil_boot(state: dict[str, Any]) -> None:
    state["boot"] = "another"


def spoil_source(state: dict[str, Any]) -> None:
    state["source"] = "battery"


@pytest.mark.parametrize(
    ("spoil", "counted"),
    [(spoil_nothing, 30), (spoil_age, 0), (spoil_boot, 0), (spoil_source, 0)],
)
def test_only_a_reading_of_this_run_is_gone_on_from(
    tree: PowercapTree,
    package: Zone,
    tmp_path: Path,
    spoil: Callable[[dict[str, Any]], None],
    counted: float,
) -> None:
    lock = tmp_path / "node.lock"
    first = Worker(tree.root, lock)
    first.tick()
    first.end()
    left = lock.with_suffix(".json")
    state = json.loads(left.read_text())
    spoil(state)
    left.write_text(json.dumps(state))
    package.add(30)
    second = Worker(tree.root, lock)
    assert second.tick() == pytest.approx(counted)
    second.end()


@pytest.mark.parametrize("text", ["", "{", "\0\0\0"])
def test_a_reading_cut_by_a_power_failure_is_started_anew(
    machine: Machine, package: Zone, tmp_path: Path, text: str
) -> None:
    (tmp_path / "node.json").write_text(text)
    meter = machine.open()
    machine.clocks.advance(1)
    package.add(20)
    count = NodeLedger(tmp_path / "node.lock", meter).count(meter.tick())
    assert count is not None
    assert count.joules == {"package": 20}


def test_an_estimate_counts_idle_energy_but_no_rapl_domain(
    clocks: FakeClocks, tmp_path: Path
) -> None:
    meter = open_meter(EnergySettings(source="estimate"), clocks.clocks())
    clocks.advance(2, cpu=1)
    count = NodeLedger(tmp_path / "node.lock", meter).count(meter.tick())
    assert count is not None
    assert count.joules == {}
    assert count.idle_joules == pytest.approx(0.74 * 4 * 2)


def test_without_a_source_there_is_nothing_to_count(
    clocks: FakeClocks, tmp_path: Path
) -> None:
    meter = open_meter(EnergySettings(source="none"), clocks.clocks())
    clocks.advance(2, cpu=1)
    count = NodeLedger(tmp_path / "node.lock", meter).count(meter.tick())
    assert count is not None
    assert (count.joules, count.idle_joules) == ({}, None)
