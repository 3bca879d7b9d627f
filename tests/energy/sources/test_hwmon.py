from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from energy import EnergySettings, Meter, SourceUnavailable, open_meter
from energy.tick import of_node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.energy.conftest import FakeClocks

Device = dict[str, int | str]


@pytest.fixture
def new_device(tmp_path: Path) -> Callable[..., Path]:
    """Makes hwmonN with files; `inside` puts them one directory further down."""

    def make(number: int, inside: str = "", **files: int | str) -> Path:
        path = tmp_path / "hwmon" / f"hwmon{number}" / inside
        path.mkdir(parents=True)
        for name, value in files.items():
            (path / name).write_text(f"{value}\n")
        return path

    return make


@pytest.fixture
def open_it(tmp_path: Path, clocks: FakeClocks) -> Callable[[], Meter]:
    settings = EnergySettings(source="hwmon", hwmon_root=tmp_path / "hwmon")
    return lambda: open_meter(settings, clocks.clocks())


@pytest.mark.parametrize("inside", ["", "device"])
def test_power_is_integrated_by_the_trapezoid(
    new_device: Callable[..., Path],
    open_it: Callable[[], Meter],
    clocks: FakeClocks,
    inside: str,
) -> None:
    device = new_device(3, inside, name="power_meter", power1_average=100_000_000)
    meter = open_it()
    (device / "power1_average").write_text("140000000\n")
    clocks.advance(2)
    assert meter.tick().domains == {"machine": 240}


def test_an_average_is_preferred_to_a_momentary_value(
    new_device: Callable[..., Path], open_it: Callable[[], Meter], clocks: FakeClocks
) -> None:
    power = {"power1_average": 100_000_000, "power1_input": 900_000_000}
    new_device(0, name="power_meter", **power)
    meter = open_it()
    clocks.advance(1)
    assert meter.tick().domains == {"machine": 100}


def test_counters_of_sockets_are_added_and_those_of_cores_are_not(
    new_device: Callable[..., Path], open_it: Callable[[], Meter], clocks: FakeClocks
) -> None:
    device = new_device(
        1,
        name="amd_energy",
        energy1_label="Ecore000",
        energy1_input=0,
        energy2_label="Esocket0",
        energy2_input=1_000_000,
        energy3_label="Esocket1",
        energy3_input=5_000_000,
    )
    new_device(2, name="power_meter", power1_average=900_000_000)
    meter = open_it()
    for file, uj in (("1", 7_000_000), ("2", 51_000_000), ("3", 65_000_000)):
        (device / f"energy{file}_input").write_text(f"{uj}\n")
    clocks.advance(1)
    tick = meter.tick()
    assert tick.domains == {"sockets": 110}
    assert of_node(tick.domains) == {}


def test_a_counter_that_starts_again_adds_nothing(
    new_device: Callable[..., Path], open_it: Callable[[], Meter], clocks: FakeClocks
) -> None:
    counter = {"energy1_label": "Esocket0", "energy1_input": 800_000_000}
    device = new_device(1, name="amd_energy", **counter)
    meter = open_it()
    (device / "energy1_input").write_text("0\n")
    clocks.advance(1)
    tick = meter.tick()
    assert (tick.domains, tick.wraps, tick.skipped) == ({}, 0, {"reset": 1})


@pytest.mark.parametrize(
    ("text", "reason"), [("-5\n", "implausible"), ("\n", "malformed")]
)
def test_a_sensor_gone_mad_adds_nothing(
    new_device: Callable[..., Path],
    open_it: Callable[[], Meter],
    clocks: FakeClocks,
    text: str,
    reason: str,
) -> None:
    device = new_device(0, name="power_meter", power1_average=100_000_000)
    meter = open_it()
    (device / "power1_average").write_text(text)
    clocks.advance(1)
    tick = meter.tick()
    assert (tick.joules, tick.domains, tick.skipped) == (None, {}, {reason: 1})


def test_of_a_grace_machine_the_whole_sockets_are_taken(
    new_device: Callable[..., Path], open_it: Callable[[], Meter], clocks: FakeClocks
) -> None:
    meters = ("Grace Power Socket 0", "CPU Power Socket 0", "Grace Power Socket 1")
    for number, name in enumerate(meters):
        watts = {"power1_average": 100_000_000}
        new_device(number, name="power_meter", power1_oem_info=name, **watts)
    meter = open_it()
    clocks.advance(1)
    assert meter.tick().domains == {"machine": 200}


METER: Device = {"name": "power_meter", "power1_average": 100}


@pytest.mark.parametrize(
    ("devices", "reason"),
    [
        ([], "no energy or power meter"),
        ([{"name": "amdgpu", "power1_average": 9}], "no energy or power meter"),
        ([{"name": "power_meter"}], "no energy or power meter"),
        ([{**METER, "power1_is_battery": 1}], "no energy or power meter"),
        ([METER, METER], "nothing says which"),
    ],
)
def test_what_cannot_be_used_says_why(
    new_device: Callable[..., Path],
    open_it: Callable[[], Meter],
    devices: list[Device],
    reason: str,
) -> None:
    for number, files in enumerate(devices):
        new_device(number, **files)
    with pytest.raises(SourceUnavailable, match=reason):
        open_it()
