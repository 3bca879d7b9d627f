from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from energy.tick import of_node
from tests.support.environment import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.energy.conftest import Machine, Zone

PLAUSIBLE_UJ = 2_000_000_000  # what the meter believes a package can use in a second

# A process without rights: it opens the meter while it has them, then drops them.
WITHOUT_RIGHTS = """
import os, sys
from energy import EnergyError, EnergySettings, open_meter
from energy.tick import of_node

settings = EnergySettings.from_environ(
    {"DIGITS_ENERGY_SOURCE": "rapl", "DIGITS_POWERCAP_ROOT": sys.argv[1]}
)
meter = open_meter(settings)
os.chmod(sys.argv[2], 0)
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
tick = meter.tick()
print(tick.joules, dict(of_node(tick.domains)), dict(tick.skipped))
try:
    open_meter(settings)
except EnergyError as error:
    print(error)
"""


def test_a_wrap_is_counted_whole(machine: Machine, package: Zone) -> None:
    package.set(package.range_uj - 30_000_000)
    meter = machine.open()
    package.add(75)
    machine.clocks.advance(1)
    tick = meter.tick()
    assert of_node(tick.domains) == {"package": 75}
    assert (tick.wraps, tick.skipped) == (1, {})


def test_a_reset_adds_nothing_and_is_counted(machine: Machine, package: Zone) -> None:
    package.set(200_000_000_000)
    meter = machine.open()
    package.set(60_000_000)  # resumed from suspend: a peer would add 62 kJ
    machine.clocks.advance(1)
    tick = meter.tick()
    assert of_node(tick.domains) == {}
    assert tick.joules is None
    assert (tick.wraps, tick.skipped) == (0, {"reset": 1})


def test_counting_goes_on_after_a_reset(machine: Machine, package: Zone) -> None:
    package.set(200_000_000_000)
    meter = machine.open()
    package.set(60_000_000)
    machine.clocks.advance(1)
    meter.tick()
    package.add(12)
    machine.clocks.advance(1)
    assert of_node(meter.tick().domains) == {"package": 12}


def test_a_huge_jump_forward_adds_nothing(machine: Machine, package: Zone) -> None:
    meter = machine.open()
    package.set(100_000_000_000)
    machine.clocks.advance(1)
    tick = meter.tick()
    assert (of_node(tick.domains), tick.skipped) == ({}, {"implausible": 1})


def test_a_value_above_the_range_adds_nothing_when_it_falls_back(
    machine: Machine, package: Zone
) -> None:
    (package.path / "energy_uj").write_text(f"{3 * package.range_uj}\n")
    meter = machine.open()
    package.set(1)
    machine.clocks.advance(1)
    assert of_node(meter.tick().domains) == {}


def test_a_span_long_enough_for_a_second_wrap_is_marked_as_a_lower_bound(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    package.add(30_000)
    machine.clocks.advance(600)
    tick = meter.tick()
    assert (of_node(tick.domains), tick.skipped) == ({"package": 30_000}, {"gap": 1})


@pytest.mark.parametrize("text", ["", "nonsense\n", "12.5\n", "\0\0"])
def test_garbage_is_not_counted(machine: Machine, package: Zone, text: str) -> None:
    meter = machine.open()
    (package.path / "energy_uj").write_text(text)
    machine.clocks.advance(1)
    tick = meter.tick()
    assert (tick.joules, of_node(tick.domains)) == (None, {})
    assert tick.skipped == {"malformed": 1}


def test_a_vanished_file_stops_counting_and_is_counted_each_time(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    (package.path / "energy_uj").unlink()
    for _ in range(2):
        machine.clocks.advance(1)
        tick = meter.tick()
        assert (tick.joules, tick.idle_joules) == (None, None)
        assert tick.skipped == {"vanished": 1}


def test_joules_while_a_file_was_gone_are_not_invented(
    machine: Machine, package: Zone
) -> None:
    meter = machine.open()
    file = package.path / "energy_uj"
    file.unlink()
    machine.clocks.advance(1)
    meter.tick()
    package.add(500)  # it comes back
    machine.clocks.advance(1)
    assert of_node(meter.tick().domains) == {}
    package.add(7)
    machine.clocks.advance(1)
    assert of_node(meter.tick().domains) == {"package": 7}


def test_a_lost_dram_zone_leaves_the_package_counting(
    machine: Machine, package: Zone
) -> None:
    dram = machine.tree.zone("intel-rapl/intel-rapl:0/intel-rapl:0:0", "dram")
    meter = machine.open()
    (dram.path / "energy_uj").unlink()
    package.add(20)
    machine.clocks.advance(1)
    tick = meter.tick()
    assert of_node(tick.domains) == {"package": 20}
    assert tick.skipped == {"vanished": 1}


def test_without_permission_nothing_is_counted_and_the_reason_is_told() -> None:
    with tempfile.TemporaryDirectory() as root:
        zone = Path(root) / "intel-rapl" / "intel-rapl:0"
        zone.mkdir(parents=True)
        (zone / "name").write_text("package-0\n")
        (zone / "max_energy_range_uj").write_text("262143328850\n")
        (zone / "energy_uj").write_text("1\n")
        Path(root).chmod(0o755)
        file = str(zone / "energy_uj")
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_RIGHTS, root, file],
            check=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    counted, refused = done.stdout.splitlines()
    assert counted == "None {} {'permission': 1}"
    assert refused == (
        "energy source rapl is not available: "
        f"{zone.resolve() / 'energy_uj'}: permission"
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    """The ranges of some zones, and for each second what each zone gains.

    A negative gain stands for a reset to so many microjoules.
    """
    zones = draw(st.integers(1, 4))
    ranges = draw(
        st.lists(
            st.integers(65_000_000_000, 300_000_000_000),
            min_size=zones,
            max_size=zones,
        )
    )
    gain = st.integers(-5_000_000_000, PLAUSIBLE_UJ)
    second = st.lists(gain, min_size=zones, max_size=zones)
    return ranges, draw(st.lists(second, min_size=1, max_size=20))


@settings(deadline=None, max_examples=50)
@given(history=histories())
def test_any_mixture_of_wraps_and_resets_gives_the_integer_truth(
    new_machine: Callable[[Path], Machine],
    history: tuple[list[int], list[list[int]]],
) -> None:
    ranges, seconds = history
    with tempfile.TemporaryDirectory() as root:
        machine = new_machine(Path(root))
        zones = [
            machine.tree.zone(
                f"intel-rapl/intel-rapl:{i}",
                f"package-{i}",
                uj=(i + 1) * 999_999_999_999 % range_uj,
                range_uj=range_uj,
            )
            for i, range_uj in enumerate(ranges)
        ]
        meter = machine.open()
        truth_uj, measured = 0, 0.0
        expected: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for gains in seconds:
            for zone, gain in zip(zones, gains, strict=True):
                truth_uj += let_pass(zone, gain, expected)
            machine.clocks.advance(1)
            tick = meter.tick()
            measured += of_node(tick.domains).get("package", 0.0)
            seen += Counter(tick.skipped) + Counter(wraps=tick.wraps)
    assert round(measured * 1e6) == truth_uj
    assert seen == expected


def let_pass(zone: Zone, gain: int, expected: Counter[str]) -> int:
    """Move a zone by a gain, or reset it; the microjoules that should be counted."""
    before = zone.uj
    if gain >= 0:
        zone.set(before + gain)
        if zone.uj < before:
            expected["wraps"] += 1
        return gain
    wrapped_gain = zone.range_uj - before - gain
    if -gain < before and wrapped_gain > PLAUSIBLE_UJ:  # else it looks like a gain
        zone.set(-gain)
        expected["reset"] += 1
    return 0
