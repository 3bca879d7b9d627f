from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import pytest

from energy import EnergySettings, open_meter
from energy.tick import of_node

if TYPE_CHECKING:
    from tests.energy.conftest import FakeClocks, Machine


def test_a_phase_costs_its_cpu_seconds_times_the_watts(clocks: FakeClocks) -> None:
    settings = EnergySettings(source="estimate", watts_per_cpu=3.0)
    meter = open_meter(settings, clocks.clocks())
    phase = meter.measure()
    with phase:
        clocks.advance(10, cpu=2.5, others=7)
        assert phase.joules == 7.5
    clocks.advance(10, cpu=4)
    assert phase.joules == 7.5
    with phase:
        clocks.advance(1, cpu=0.5)
    assert phase.joules == 9.0
    assert (phase.seconds, phase.cpu_seconds) == (11, 3.0)


def test_bounds_are_half_and_double(clocks: FakeClocks) -> None:
    meter = open_meter(EnergySettings(source="estimate"), clocks.clocks())
    with meter.measure() as phase:
        clocks.advance(1, cpu=1)
    assert phase.joules == pytest.approx(2.76)
    assert phase.low_joules == pytest.approx(1.38)
    assert phase.high_joules == pytest.approx(5.52)


def test_coefficients_can_be_told(clocks: FakeClocks) -> None:
    settings = EnergySettings(source="estimate", watts_per_cpu=3.0)
    meter = open_meter(settings, clocks.clocks())
    assert meter.source == "estimate"
    assert meter.info.scope == "process"
    assert meter.info.coefficients == {
        "watts_per_cpu": 3.0,
        "idle_watts_per_cpu": 0.74,
        "low_factor": 0.5,
        "high_factor": 2.0,
    }


def test_a_tick_tells_rate_and_idle_energy_of_the_usable_cpus(
    clocks: FakeClocks,
) -> None:
    clocks.usable_cpus = 1.5
    settings = EnergySettings(source="estimate", watts_per_cpu=3.0)
    meter = open_meter(settings, clocks.clocks())
    clocks.advance(2, cpu=0.5)
    tick = meter.tick()
    assert (tick.seconds, tick.cpu_seconds) == (2, 0.5)
    assert (tick.joules, tick.joules_per_cpu_second) == (1.5, 3.0)
    assert tick.idle_joules == pytest.approx(0.74 * 1.5 * 2)
    assert of_node(tick.domains) == {}


def test_the_whole_host_is_estimated_from_its_busy_time(clocks: FakeClocks) -> None:
    settings = EnergySettings(source="estimate", watts_per_cpu=3.0)
    meter = open_meter(settings, clocks.clocks())
    clocks.advance(2, cpu=1, others=3)
    assert meter.tick().domains["cpu"] == pytest.approx(3.0 * 4 + 0.74 * 4 * 2)


def test_sleeping_costs_nearly_nothing() -> None:
    meter = open_meter(EnergySettings(source="estimate"))
    with meter.measure() as phase:
        time.sleep(0.5)
    assert phase.joules is not None
    assert phase.joules < 0.1 * 2.76


def test_a_real_burn_costs_exactly_its_cpu_time() -> None:
    meter = open_meter(EnergySettings(source="estimate", watts_per_cpu=5.0))
    with meter.measure() as phase:
        before = time.process_time()
        while time.process_time() - before < 0.3:
            pass
    assert phase.cpu_seconds >= 0.3
    assert phase.joules == pytest.approx(5.0 * phase.cpu_seconds)


def test_auto_ends_at_the_estimate_where_nothing_can_be_measured(
    machine: Machine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nowhere = tmp_path_factory.mktemp("empty") / "nothing"
    settings = EnergySettings(
        powercap_root=nowhere, power_supply_root=nowhere, hwmon_root=nowhere
    )
    assert open_meter(settings, machine.clocks.clocks()).source == "estimate"


def test_without_a_source_times_are_known_and_joules_are_not(
    clocks: FakeClocks,
) -> None:
    meter = open_meter(EnergySettings(source="none"), clocks.clocks())
    with meter.measure() as phase:
        clocks.advance(2, cpu=1)
    tick = meter.tick()
    assert meter.source is None
    assert (phase.seconds, phase.cpu_seconds) == (2, 1)
    assert (phase.joules, phase.low_joules, phase.high_joules) == (None, None, None)
    assert (tick.joules, tick.idle_joules, tick.domains) == (None, None, {})
    assert math.isnan(tick.joules_per_cpu_second)
    assert tick.cpu_seconds == 1
