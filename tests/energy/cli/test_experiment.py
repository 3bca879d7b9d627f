from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from energy.cli.experiment import Drawn, Experiment, follow
from energy.errors import NotDischarging, NothingMeasured
from energy.sources.battery import open_battery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.energy.conftest import FakeClocks, Supply

    Finished = Callable[[float], bool]


@pytest.fixture
def measure(tmp_path: Path, clocks: FakeClocks) -> Callable[[Finished], Drawn]:
    def run(finished: Finished) -> Drawn:
        battery = open_battery(tmp_path / "power_supply", lambda: clocks.now)
        return follow(battery, finished)

    return run


def played(
    clocks: FakeClocks, supply: Supply, states: Iterable[dict[str, int | str]]
) -> Finished:
    """Lets a second pass for each state of the battery; over after the last."""
    coming = list(states)

    def finished(wait_s: float) -> bool:
        clocks.advance(wait_s)
        supply.set(**coming.pop(0))
        return not coming

    return finished


def test_notes_readings_give_the_notes_figures() -> None:
    experiment = Experiment.from_readings(6439, 6132, 12.5, 5)
    assert experiment.milliamp_hours_per_cycle == pytest.approx(61.4)
    assert experiment.joules_per_cycle == pytest.approx(2763)
    assert experiment.uncertainty_ratio == pytest.approx(1 / 307)
    assert experiment.net_joules_per_cycle is None
    assert experiment.seconds_per_cycle is None


@pytest.mark.parametrize("end_mah", [6439, 7000])
def test_a_battery_that_gained_charge_measured_nothing(end_mah: float) -> None:
    with pytest.raises(NothingMeasured, match="less at the end"):
        Experiment.from_readings(6439, end_mah, 12.5, 5)


def test_each_second_counts_at_its_own_voltage(
    clocks: FakeClocks,
    new_supply: Callable[..., Supply],
    measure: Callable[[Finished], Drawn],
) -> None:
    supply = new_supply(charge_now=5_000_000, voltage_now=13_000_000)
    states: list[dict[str, int | str]] = [
        {"charge_now": 4_980_000, "voltage_now": 12_000_000},  # 20 mAh at 12.5 V
        {"charge_now": 4_980_000, "voltage_now": 12_400_000},
        {"charge_now": 4_970_000, "voltage_now": 11_600_000},  # 10 mAh at 12 V
    ]
    drawn = measure(played(clocks, supply, states))
    assert drawn.joules == pytest.approx(20 * 3.6 * 12.5 + 10 * 3.6 * 12)
    assert drawn.milliamp_hours == pytest.approx(30)
    assert drawn.seconds == 3
    assert drawn.watts == pytest.approx(drawn.joules / 3)
    assert drawn.step_joules == pytest.approx(10 * 3.6 * 12)


def test_a_gauge_of_energy_tells_no_charge(
    clocks: FakeClocks,
    new_supply: Callable[..., Supply],
    measure: Callable[[Finished], Drawn],
) -> None:
    supply = new_supply(energy_now=50_000_000)
    drawn = measure(played(clocks, supply, [{"energy_now": 49_990_000}]))
    assert drawn.joules == pytest.approx(36)
    assert drawn.milliamp_hours is None


def test_what_the_idle_machine_draws_can_be_taken_off() -> None:
    drawn = Drawn(joules=15_000, seconds=500, milliamp_hours=None, step_joules=45)
    experiment = Experiment(runs=5, drawn=drawn, idle_watts=6)
    assert experiment.joules_per_cycle == 3000
    assert experiment.net_joules_per_cycle == 3000 - 6 * 100
    assert experiment.seconds_per_cycle == 100
    assert experiment.uncertainty_ratio == pytest.approx(0.003)


@pytest.mark.parametrize(
    ("states", "error", "told"),
    [
        ([{"status": "Charging"}], NotDischarging, "BAT0 is not discharging (Charging"),
        (
            [{"energy_now": 49_990_000}, {"status": "Full"}],
            NotDischarging,
            "unplug the charger",
        ),
        ([{}, {}], NothingMeasured, "did not move in 2 s"),
        ([{"energy_now": 50_010_000}], NothingMeasured, "jumped"),
        ([{"energy_now": "?"}], NothingMeasured, "cannot be read"),
    ],
)
def test_what_spoils_a_measurement_ends_it(
    clocks: FakeClocks,
    new_supply: Callable[..., Supply],
    measure: Callable[[Finished], Drawn],
    states: list[dict[str, int | str]],
    error: type[Exception],
    told: str,
) -> None:
    supply = new_supply(energy_now=50_000_000)
    with pytest.raises(error) as raised:
        measure(played(clocks, supply, states))
    assert told in str(raised.value)
