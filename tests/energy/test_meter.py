from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import energy.meter
from energy import EnergySettings, open_meter
from energy.tick import of_node

if TYPE_CHECKING:
    from tests.energy.conftest import Machine, Zone

SOLE_WATTS = 20.0  # what this process adds to the power of the machine
IDLE_WATTS = 20.0 * 0.74 / 2.76  # by the published proportion, as none was seen idle


def work(machine: Machine, package: Zone, seconds: float) -> None:
    """All four CPUs work for this process."""
    machine.clocks.advance(seconds, cpu=4 * seconds)
    package.add((SOLE_WATTS + IDLE_WATTS) * seconds)


def test_a_phase_gets_what_was_used_in_it_and_nothing_from_outside(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    phase = meter.measure()
    work(machine, package, 3)
    with phase:
        work(machine, package, 5)
    work(machine, package, 7)
    assert phase.joules == pytest.approx(5 * SOLE_WATTS)
    assert (phase.seconds, phase.cpu_seconds) == (5, 20)


def test_a_phase_does_not_pay_the_price_of_the_time_before_it(
    machine: Machine, package: Zone
) -> None:
    phase = machine.open().measure()
    machine.clocks.advance(10, others=40)
    package.add(5000)
    with phase:
        work(machine, package, 5)
    assert phase.joules == pytest.approx(5 * SOLE_WATTS)


def test_a_phase_that_nobody_holds_any_more_is_forgotten(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    phase = meter.measure()
    with phase:
        work(machine, package, 1)
    held = weakref.ref(phase)
    del phase
    gc.collect()
    assert held() is None


def test_a_phase_adds_up_over_its_entries(machine: Machine, package: Zone) -> None:
    phase = machine.open().measure()
    for _ in range(3):
        with phase:
            work(machine, package, 2)
        work(machine, package, 1)
    assert phase.joules == pytest.approx(6 * SOLE_WATTS)
    assert (phase.seconds, phase.cpu_seconds) == (6, 24)


def test_a_phase_counts_what_another_process_spent_before(
    machine: Machine, package: Zone
) -> None:
    phase = machine.open().measure()
    phase.add(seconds=3, cpu_seconds=12, joules=100)
    with phase:
        work(machine, package, 5)
    assert phase.joules == pytest.approx(100 + 5 * SOLE_WATTS)
    assert (phase.seconds, phase.cpu_seconds) == (8, 32)


def test_a_budget_can_be_read_inside_and_never_falls(
    machine: Machine, package: Zone
) -> None:
    readings: list[float] = []
    with machine.open().measure() as phase:
        for _ in range(5):
            work(machine, package, 1)
            assert phase.joules is not None
            readings.append(phase.joules)
    expected = [SOLE_WATTS * seconds for seconds in range(1, 6)]
    assert readings == pytest.approx(expected)


def test_a_phase_shorter_than_a_sample_pays_for_its_cpu_time(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    phase = meter.measure()
    for _ in range(100):  # 10 ms in the phase, 10 ms outside of it
        with phase:
            work(machine, package, 0.01)
        work(machine, package, 0.01)
    assert phase.joules == pytest.approx(1 * SOLE_WATTS, rel=0.01)


def test_a_phase_so_short_that_nothing_was_sampled_yet_still_has_a_figure(
    machine: Machine, package: Zone
) -> None:
    with machine.open().measure() as phase:
        work(machine, package, 0.001)
    assert phase.joules is not None  # too short for the host's clock: a low bound
    assert 0 < phase.joules <= 0.001 * SOLE_WATTS


def test_phases_beside_each_other_add_up_to_the_whole(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    whole, load, fit = meter.measure(), meter.measure(), meter.measure()
    with whole:
        with load:
            work(machine, package, 2)
        with fit:
            work(machine, package, 6)
    assert load.joules == pytest.approx(2 * SOLE_WATTS)
    assert fit.joules == pytest.approx(6 * SOLE_WATTS)
    assert whole.joules == pytest.approx(8 * SOLE_WATTS)


def test_measured_joules_have_no_bounds(machine: Machine, package: Zone) -> None:
    with machine.open().measure() as phase:
        work(machine, package, 1)
    assert (phase.low_joules, phase.high_joules) == (None, None)


def test_a_phase_whose_counter_was_lost_keeps_what_it_had(
    machine: Machine, package: Zone
) -> None:
    with machine.open().measure() as phase:
        work(machine, package, 2)
        assert phase.joules == pytest.approx(2 * SOLE_WATTS)
        (package.path / "energy_uj").unlink()
        machine.clocks.advance(5, cpu=5)
    assert phase.joules == pytest.approx(2 * SOLE_WATTS)
    assert phase.cpu_seconds == 13


def test_a_phase_that_was_never_measured_has_no_joules_rather_than_zero(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    (package.path / "energy_uj").unlink()
    with meter.measure() as phase:
        machine.clocks.advance(5, cpu=5)
    assert phase.joules is None


def test_a_phase_ends_with_an_exception_too(machine: Machine, package: Zone) -> None:
    phase = machine.open().measure()

    def fail() -> None:
        with phase:
            work(machine, package, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    work(machine, package, 1)
    assert phase.joules == pytest.approx(SOLE_WATTS)
    assert phase.seconds == 1


def test_a_phase_cannot_be_entered_twice_at_once(
    machine: Machine, package: Zone
) -> None:
    phase = machine.open().measure()
    with phase, pytest.raises(RuntimeError, match="open already"), phase:
        pass


def test_ticks_and_phases_do_not_disturb_each_other(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    ticked = 0.0
    with meter.measure() as phase:
        for _ in range(4):
            work(machine, package, 1.5)
            assert phase.joules is not None
            ticked += meter.tick().joules or 0.0
    assert ticked == pytest.approx(6 * SOLE_WATTS)
    assert phase.joules == pytest.approx(6 * SOLE_WATTS)


def test_a_tick_tells_all_that_samples_saw_since_the_last_one(
    machine: Machine, package: Zone
) -> None:
    package.set(package.range_uj - 10_000_000)
    meter = machine.open()
    with meter.measure():
        for _ in range(3):
            work(machine, package, 1)
    with meter.measure():
        pass
    tick = meter.tick()
    assert (tick.seconds, tick.cpu_seconds, tick.wraps) == (3, 12, 1)
    assert of_node(tick.domains) == {
        "package": pytest.approx(3 * (SOLE_WATTS + IDLE_WATTS))
    }
    assert of_node(meter.tick().domains).get("package", 0.0) == 0


def test_wraps_in_a_long_phase_are_caught_in_the_background(
    machine: Machine, package: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy.meter, "SAMPLE_S", 0.02)
    fake = machine.clocks.clocks()
    samples = iter(range(3))
    all_taken = threading.Event()

    def wall_s() -> float:
        """The time, which a background sample finds 200 s later than the last."""
        if threading.current_thread().name == "energy-sampler":
            if next(samples, None) is None:
                all_taken.set()
            else:
                machine.clocks.advance(200, cpu=800)
                package.add(200_000)  # most of the counter's range
        return fake.wall_s()

    clocks = replace(fake, wall_s=wall_s)
    monkeypatch.setattr(machine.clocks, "clocks", lambda: clocks)
    with machine.open().measure() as phase:
        assert all_taken.wait(60)
    assert phase.joules == pytest.approx(600_000 * 2.76 / 3.5)


def test_the_sampler_rests_while_no_phase_is_open(
    machine: Machine, package: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy.meter, "SAMPLE_S", 0.01)
    meter = machine.open()
    for _ in range(2):  # it starts again for the next phase
        before = set(threading.enumerate())
        with meter.measure(), meter.measure():
            (sampler,) = set(threading.enumerate()) - before
        sampler.join(10)
        assert not sampler.is_alive()


def test_a_meter_is_right_when_many_threads_use_it() -> None:
    meter = open_meter(EnergySettings(source="estimate"))
    ticked: list[float] = []

    def use() -> None:
        phase = meter.measure()
        for _ in range(200):
            with phase:
                ticked.append(meter.tick().joules or 0.0)

    with meter.measure() as whole:
        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    ticked.append(meter.tick().joules or 0.0)
    assert whole.joules is not None
    assert sum(ticked) >= whole.joules
    assert min(ticked) >= 0
