from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from energy import EnergySettings, Meter, SourceUnavailable, open_meter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.energy.conftest import FakeClocks, Supply

MINUTE = 60.0


@pytest.fixture
def settings(tmp_path: Path) -> EnergySettings:
    return EnergySettings(source="battery", power_supply_root=tmp_path / "power_supply")


def opened(settings: EnergySettings, clocks: FakeClocks) -> Meter:
    return open_meter(settings, clocks.clocks())


def test_a_gauge_of_energy_is_taken_as_it_is(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(energy_now=50_000_000, voltage_now=12_000_000)
    meter = opened(settings, clocks)
    battery.set(energy_now=49_900_000)  # 0.1 Wh
    clocks.advance(MINUTE)
    tick = meter.tick()
    assert tick.domains == {"machine": pytest.approx(360)}
    assert not tick.unmeasured


def test_a_gauge_of_charge_counts_at_the_mean_of_a_sagging_voltage(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(charge_now=4_000_000, voltage_now=12_600_000)
    meter = opened(settings, clocks)
    battery.set(charge_now=3_990_000, voltage_now=12_400_000)  # 10 mAh
    clocks.advance(MINUTE)
    assert meter.tick().domains == {"machine": pytest.approx(0.01 * 12.5 * 3600)}


def test_two_batteries_are_added_though_one_rests(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    first = new_supply("BAT0", energy_now=50_000_000)
    new_supply("BAT1", energy_now=20_000_000, status="Not charging")
    meter = opened(settings, clocks)
    first.set(energy_now=49_900_000)
    clocks.advance(MINUTE)
    assert meter.tick().domains == {"machine": pytest.approx(360)}


def test_the_machine_is_measured_and_this_process_gets_its_share(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(energy_now=50_000_000)
    meter = opened(settings, clocks)
    assert meter.info.scope == "machine"
    battery.set(energy_now=49_900_000)  # 6 W idle
    clocks.advance(MINUTE)
    meter.tick()
    battery.set(energy_now=49_600_000)  # 18 W
    clocks.advance(MINUTE, cpu=30, others=30)
    assert meter.tick().joules == pytest.approx((18 - 6) * MINUTE / 2)


def test_a_figure_takes_a_minute_and_is_absent_before(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(energy_now=50_000_000)
    meter = opened(settings, clocks)
    told: list[float | None] = []
    for second in range(60):
        clocks.advance(1, cpu=1)
        battery.set(energy_now=50_000_000 - 20_000 * (second // 4))  # coarse steps
        told.append(meter.tick().joules)
    assert told[:59] == [None] * 59
    assert told[59] == pytest.approx(14 * 20_000 * 0.0036 * 2.76 / (2.76 + 4 * 0.74))


def test_after_the_first_minute_each_tick_costs_the_last_known_rate(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(energy_now=50_000_000)
    meter = opened(settings, clocks)
    battery.set(energy_now=49_900_000)
    clocks.advance(MINUTE, cpu=30)
    first = meter.tick()
    assert first.joules is not None
    clocks.advance(1, cpu=0.5)
    tick = meter.tick()
    assert tick.joules == pytest.approx(first.joules / MINUTE)
    assert tick.joules_per_cpu_second == first.joules_per_cpu_second


def test_a_correction_of_the_rate_never_makes_a_tick_negative(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(energy_now=50_000_000)
    meter = opened(settings, clocks)
    told = 0.0
    for second in range(240):  # a minute of 60 W, then nearly none
        clocks.advance(1, cpu=1)
        minute = second / MINUTE
        used_uwh = 1_000_000 * min(minute, 1) + 1_000 * max(minute - 1, 0)
        battery.set(energy_now=50_000_000 - round(used_uwh))
        joules = meter.tick().joules
        assert joules is None or joules >= 0
        told += joules or 0.0
    assert told <= 1_003_000 * 0.0036 * 2


def test_a_short_phase_counts_what_the_gauge_has_shown(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(energy_now=50_000_000)
    meter = opened(settings, clocks)
    with meter.measure() as phase:
        clocks.advance(10, cpu=10)
        assert phase.joules is None  # the gauge has not moved
        battery.set(energy_now=49_980_000)
        clocks.advance(10, cpu=10)
    assert phase.joules == pytest.approx(72 * 2.76 / (2.76 + 4 * 0.74))


def test_plugging_in_stops_counting_and_is_counted(
    settings: EnergySettings, clocks: FakeClocks, new_supply: Callable[..., Supply]
) -> None:
    battery = new_supply(energy_now=50_000_000)
    meter = opened(settings, clocks)
    battery.set(status="Charging", energy_now=50_100_000)
    clocks.advance(MINUTE, cpu=10)
    tick = meter.tick()
    assert (tick.joules, tick.domains) == (None, {})
    assert math.isnan(tick.joules_per_cpu_second)
    assert tick.skipped == {"charging": 1}
    assert tick.unmeasured


@pytest.mark.parametrize("energy_now", [50_000_001, 0])
def test_a_gauge_that_jumps_adds_nothing(
    settings: EnergySettings,
    clocks: FakeClocks,
    new_supply: Callable[..., Supply],
    energy_now: int,
) -> None:
    battery = new_supply(energy_now=50_000_000)
    meter = opened(settings, clocks)
    battery.set(energy_now=energy_now)
    clocks.advance(MINUTE)
    tick = meter.tick()
    assert (tick.domains, tick.skipped) == ({}, {"implausible": 1})


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"status": "Full", "energy_now": 1}, "BAT0 is not discharging: Full"),
        ({"status": "Charging", "energy_now": 1}, "BAT0 is not discharging: Charging"),
        ({"type": "Mains", "energy_now": 1}, "there is no battery in"),
        ({"scope": "Device", "energy_now": 1}, "there is no battery in"),
        ({"capacity": 80}, "there is no battery in"),
        ({"charge_now": 1}, "there is no battery in"),
    ],
)
def test_what_cannot_be_used_says_why(
    settings: EnergySettings,
    clocks: FakeClocks,
    new_supply: Callable[..., Supply],
    files: dict[str, int | str],
    reason: str,
) -> None:
    new_supply(**files)
    with pytest.raises(SourceUnavailable, match=reason):
        opened(settings, clocks)


def test_a_machine_without_a_battery_says_so(
    settings: EnergySettings, clocks: FakeClocks
) -> None:
    with pytest.raises(SourceUnavailable, match="there is no battery"):
        opened(settings, clocks)


def test_auto_takes_a_battery_before_an_estimate(
    settings: EnergySettings,
    clocks: FakeClocks,
    new_supply: Callable[..., Supply],
    tmp_path: Path,
) -> None:
    new_supply(energy_now=50_000_000)
    auto = EnergySettings(
        powercap_root=tmp_path / "none",
        hwmon_root=tmp_path / "none",
        power_supply_root=settings.power_supply_root,
    )
    assert opened(auto, clocks).source == "battery"
