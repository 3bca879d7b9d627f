from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from energy.tick import of_node

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.energy.conftest import Machine, Zone

# Four CPUs; 10 W idle, and 5 W more for each busy CPU.
IDLE_WATTS = 10.0
BUSY_WATTS = 5.0


def let_work(
    machine: Machine, package: Zone, seconds: float, cpu: float, others: float = 0.0
) -> None:
    machine.clocks.advance(seconds, cpu, others)
    package.add(IDLE_WATTS * seconds + BUSY_WATTS * (cpu + others))


def learn_idle(machine: Machine, package: Zone) -> None:
    let_work(machine, package, seconds=5, cpu=0)


def test_this_process_pays_by_its_cpu_time_and_nobody_pays_for_idle_power(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    let_work(machine, package, seconds=10, cpu=6, others=18)
    tick = meter.tick()
    assert tick.joules == pytest.approx(6 * BUSY_WATTS)
    assert tick.joules_per_cpu_second == pytest.approx(BUSY_WATTS)
    assert tick.idle_joules == pytest.approx(10 * IDLE_WATTS)
    assert of_node(tick.domains) == {"package": pytest.approx(10 * 10 + 24 * 5)}


def test_an_idle_process_does_not_count_its_neighbours(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    let_work(machine, package, seconds=10, cpu=0, others=30)
    assert meter.tick().joules == 0


def test_idle_power_stays_known_under_full_load(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    for _ in range(100):
        let_work(machine, package, seconds=1, cpu=4)
        tick = meter.tick()
        assert tick.idle_joules == pytest.approx(IDLE_WATTS)
        assert tick.joules == pytest.approx(4 * BUSY_WATTS)


def test_a_process_that_finds_the_machine_busy_pays_the_published_part(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    for _ in range(5):
        let_work(machine, package, seconds=1, cpu=4)
        joules = (IDLE_WATTS + 4 * BUSY_WATTS) * 2.76 / 3.5
        assert meter.tick().joules == pytest.approx(joules)


def test_the_only_busy_thread_of_a_large_machine_is_not_taken_for_its_idle_power(
    machine: Machine, package: Zone
) -> None:
    machine.clocks.host_cpus = 64
    meter = machine.open()
    for _ in range(5):
        let_work(machine, package, seconds=1, cpu=1)
        joules = (IDLE_WATTS + BUSY_WATTS) * 2.76 / (2.76 + 64 * 0.74)
        assert meter.tick().joules == pytest.approx(joules)


def test_the_lowest_quiet_power_is_the_idle_power(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    let_work(machine, package, seconds=5, cpu=0, others=1.9)  # nearly quiet
    meter.tick()
    learn_idle(machine, package)
    meter.tick()
    let_work(machine, package, seconds=5, cpu=0, others=1.9)
    meter.tick()
    let_work(machine, package, seconds=1, cpu=4)
    assert meter.tick().joules == pytest.approx(4 * BUSY_WATTS)


def test_a_sample_with_a_lost_counter_teaches_nothing_about_idle_power(
    machine: Machine, package: Zone
) -> None:
    dram = machine.tree.zone("intel-rapl/intel-rapl:0/intel-rapl:0:0", "dram")
    meter = machine.open()
    let_work(machine, package, seconds=5, cpu=0)
    dram.add(5 * 2.0)
    meter.tick()
    (dram.path / "energy_uj").unlink()
    let_work(machine, package, seconds=5, cpu=0)  # 10 W seem to be all
    meter.tick()
    dram.set(dram.uj)
    let_work(machine, package, seconds=1, cpu=0)  # so they do until it is back
    meter.tick()
    let_work(machine, package, seconds=1, cpu=4)
    dram.add(2.0)
    assert meter.tick().joules == pytest.approx(4 * BUSY_WATTS)


def test_a_counter_that_stands_still_does_not_make_idle_power_nothing(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    machine.clocks.advance(1)
    meter.tick()
    let_work(machine, package, seconds=1, cpu=4)
    assert meter.tick().joules == pytest.approx(4 * BUSY_WATTS)


def test_a_container_bears_its_part_of_the_idle_power(
    machine: Machine, package: Zone
) -> None:
    machine.clocks.usable_cpus = 1.0  # of four
    meter = machine.open()
    learn_idle(machine, package)
    assert meter.tick().idle_joules == pytest.approx(5 * IDLE_WATTS / 4)


def test_a_rate_is_known_even_if_this_process_did_nothing(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    let_work(machine, package, seconds=1, cpu=0, others=2)
    tick = meter.tick()
    assert tick.joules == 0
    assert tick.joules_per_cpu_second == pytest.approx(BUSY_WATTS)


def test_noise_of_an_idle_machine_does_not_give_a_monstrous_rate(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    machine.clocks.advance(1, cpu=1e-6)
    package.add(IDLE_WATTS + 0.3)
    tick = meter.tick()
    assert tick.joules_per_cpu_second <= 0.3 / 0.01 * 1.0001
    assert tick.joules == pytest.approx(1e-6 * tick.joules_per_cpu_second)


def test_a_child_that_is_waited_for_late_counts_from_what_was_left_to_others(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    for _ in range(10):  # the child works, and nobody knows yet whose it is
        let_work(machine, package, seconds=1, cpu=0, others=1)
        assert meter.tick().joules == 0
    machine.clocks.advance(1)
    machine.clocks.cpu += 10  # it is waited for
    package.add(IDLE_WATTS)
    assert meter.tick().joules == pytest.approx(10 * BUSY_WATTS, rel=0.01)


def test_what_was_attributed_late_is_not_attributed_twice(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    let_work(machine, package, seconds=10, cpu=0, others=10)
    meter.tick()
    total = 0.0
    for _ in range(3):  # absurd: it claims more than there ever was
        machine.clocks.advance(1)
        machine.clocks.cpu += 10
        package.add(IDLE_WATTS)
        total += meter.tick().joules or 0.0
    assert total == pytest.approx(10 * BUSY_WATTS, rel=0.01)


def test_a_cpu_that_was_plugged_in_does_not_shift_old_joules_to_this_process(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    learn_idle(machine, package)
    meter.tick()
    let_work(machine, package, seconds=10, cpu=0, others=20)
    meter.tick()
    machine.clocks.busy -= 1_000_000
    let_work(machine, package, seconds=1, cpu=2)
    assert meter.tick().joules == pytest.approx(2 * BUSY_WATTS, rel=1)


seconds_of_work = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=50)
@given(history=seconds_of_work, watts=st.floats(0, 50))
def test_workers_together_never_get_more_than_the_node_used(
    new_machine: Callable[[Path], Machine],
    history: list[tuple[float, ...]],
    watts: float,
) -> None:
    with tempfile.TemporaryDirectory() as root:
        machines = [new_machine(Path(root)) for _ in range(3)]
        package = machines[0].tree.zone("intel-rapl/intel-rapl:0", "package-0")
        meters = [machine.open() for machine in machines]
        shared, node = 0.0, 0.0
        for *workers, stranger in history:
            for machine, own in zip(machines, workers, strict=True):
                rest = sum(workers) - own + stranger
                machine.clocks.advance(1, cpu=own, others=rest)
            package.add(IDLE_WATTS + watts * (sum(workers) + stranger))
            ticks = [meter.tick() for meter in meters]
            shared += sum(tick.joules or 0.0 for tick in ticks)
            node += of_node(ticks[0].domains)["package"]
    assert shared <= node * (1 + 1e-9)
