from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from energy import SourceUnavailable
from energy.tick import of_node

if TYPE_CHECKING:
    from pathlib import Path

    from tests.energy.conftest import Machine, PowercapTree, Zone


def counted(machine: Machine, *zones: Zone) -> dict[str, float]:
    """The joules by domain if zone i gains 10 * 2^i J, so that each sum is telling."""
    meter = machine.open()
    for i, zone in enumerate(zones):
        zone.add(10 * 2**i)
    machine.clocks.advance(10)
    return dict(of_node(meter.tick().domains))


def two_sockets(tree: PowercapTree) -> list[Zone]:
    return [
        tree.zone("intel-rapl/intel-rapl:0", "package-0"),
        tree.zone("intel-rapl/intel-rapl:0/intel-rapl:0:0", "core"),
        tree.zone("intel-rapl/intel-rapl:0/intel-rapl:0:1", "uncore"),
        tree.zone("intel-rapl/intel-rapl:0/intel-rapl:0:2", "dram"),
        tree.zone("intel-rapl/intel-rapl:1", "package-1", uj=777),
        tree.zone("intel-rapl/intel-rapl:1/intel-rapl:1:0", "core"),
        tree.zone("intel-rapl/intel-rapl:1/intel-rapl:1:1", "dram", uj=99),
        tree.zone("intel-rapl/intel-rapl:2", "psys"),
    ]


TWO_SOCKETS_JOULES = {"package": 10 + 160, "dram": 80 + 640}


def test_packages_and_dram_are_summed_and_nothing_inside_or_around_them(
    machine: Machine,
) -> None:
    zones = two_sockets(machine.tree)
    assert counted(machine, *zones) == TWO_SOCKETS_JOULES


def test_zones_nested_right_under_the_root_are_the_same(machine: Machine) -> None:
    machine.tree.root = machine.tree.root / "intel-rapl"
    machine.tree.root.mkdir(parents=True)
    outer = machine.tree.root
    machine.tree.root = outer.parent
    zones = two_sockets(machine.tree)
    machine.tree.root = outer
    assert counted(machine, *zones) == TWO_SOCKETS_JOULES


def test_flat_links_of_the_class_directory_count_each_zone_once(
    machine: Machine, tmp_path: Path
) -> None:
    zones = two_sockets(machine.tree)
    flat = tmp_path / "class" / "powercap"
    flat.mkdir(parents=True)
    control = machine.tree.root / "intel-rapl"
    for directory in (control, *(zone.path for zone in zones)):
        (flat / directory.name).symlink_to(directory)
        (directory / "subsystem").symlink_to(flat)  # as the kernel does
        (directory / "device").symlink_to(directory.parent)
    machine.tree.root = flat
    assert counted(machine, *zones) == TWO_SOCKETS_JOULES


def test_a_flat_copy_without_links_still_tells_whose_dram_it_is(
    machine: Machine,
) -> None:
    package = machine.tree.zone("intel-rapl:0", "package-0")
    dram = machine.tree.zone("intel-rapl:0:0", "dram")
    free = machine.tree.zone("intel-rapl:1", "dram")
    assert counted(machine, package, dram, free) == {"package": 10, "dram": 20}


def test_a_free_standing_dram_zone_is_left_out_where_packages_have_their_own(
    machine: Machine,
) -> None:
    package = machine.tree.zone("intel-rapl/intel-rapl:0", "package-0")
    dram = machine.tree.zone("intel-rapl/intel-rapl:0/intel-rapl:0:0", "dram")
    free = machine.tree.zone("intel-rapl/intel-rapl:1", "dram")
    assert counted(machine, package, dram, free) == {"package": 10, "dram": 20}


def test_a_free_standing_dram_zone_counts_where_packages_have_none(
    machine: Machine,
) -> None:
    package = machine.tree.zone("intel-rapl/intel-rapl:0", "package-0")
    dram = machine.tree.zone("intel-rapl/intel-rapl:1", "dram")
    assert counted(machine, package, dram) == {"package": 10, "dram": 20}


def test_mmio_twin_of_a_package_is_left_out(machine: Machine) -> None:
    package = machine.tree.zone("intel-rapl/intel-rapl:0", "package-0")
    twin = machine.tree.zone("intel-rapl-mmio/intel-rapl-mmio:0", "package-0")
    assert counted(machine, package, twin) == {"package": 10}


def test_dram_that_only_mmio_shows_is_counted(machine: Machine) -> None:
    package = machine.tree.zone("intel-rapl/intel-rapl:0", "package-0")
    mmio = "intel-rapl-mmio/intel-rapl-mmio:0"
    twin = machine.tree.zone(mmio, "package-0")
    dram = machine.tree.zone(f"{mmio}/intel-rapl-mmio:0:0", "dram")
    assert counted(machine, package, twin, dram) == {"package": 10, "dram": 40}


def test_mmio_alone_is_used(machine: Machine) -> None:
    package = machine.tree.zone("intel-rapl-mmio/intel-rapl-mmio:0", "package-0")
    assert counted(machine, package) == {"package": 10}


def test_mirrored_dies_are_one_counter(machine: Machine) -> None:
    first = machine.tree.zone("intel-rapl/intel-rapl:0", "package-0-die-0", uj=5000)
    second = machine.tree.zone("intel-rapl/intel-rapl:1", "package-0-die-1", uj=5000)
    meter = machine.open()
    first.add(50)
    second.add(50.004)  # read a moment later
    machine.clocks.advance(1)
    assert of_node(meter.tick().domains) == {"package": 50}


def test_mirrored_dies_stay_one_counter_while_one_of_them_has_wrapped(
    machine: Machine,
) -> None:
    start = 262_143_328_850 - 20_000_000
    first = machine.tree.zone("intel-rapl/intel-rapl:0", "package-0-die-0", uj=start)
    second = machine.tree.zone("intel-rapl/intel-rapl:1", "package-0-die-1", uj=start)
    meter = machine.open()
    first.add(19.9)
    second.add(20.1)
    machine.clocks.advance(1)
    tick = meter.tick()
    assert of_node(tick.domains) == {"package": pytest.approx(19.9)}
    assert tick.wraps == 0


def test_real_dies_are_added(machine: Machine) -> None:
    first = machine.tree.zone("intel-rapl/intel-rapl:0", "package-0-die-0", uj=5000)
    second = machine.tree.zone("intel-rapl/intel-rapl:1", "package-0-die-1", uj=5000)
    assert counted(machine, first, second) == {"package": 30}


def test_dies_of_two_sockets_are_never_taken_for_mirrors(machine: Machine) -> None:
    packages = [
        machine.tree.zone(f"intel-rapl/intel-rapl:{i}", f"package-{i}-die-0")
        for i in (0, 1)
    ]
    drams = [
        machine.tree.zone(f"intel-rapl/intel-rapl:{i}/intel-rapl:{i}:0", "dram")
        for i in (0, 1)
    ]
    meter = machine.open()
    for zone in (*packages, *drams):
        zone.add(50)
    machine.clocks.advance(1)
    assert of_node(meter.tick().domains) == {"package": 100, "dram": 100}


def test_equal_drams_of_mirrored_dies_are_one_too(machine: Machine) -> None:
    zones = [
        machine.tree.zone(f"intel-rapl/intel-rapl:{die}", f"package-0-die-{die}")
        for die in (0, 1)
    ]
    drams = [
        machine.tree.zone(f"intel-rapl/intel-rapl:{die}/intel-rapl:{die}:0", "dram")
        for die in (0, 1)
    ]
    meter = machine.open()
    for zone in zones:
        zone.add(8)
    for dram in drams:
        dram.add(3)
    machine.clocks.advance(1)
    assert of_node(meter.tick().domains) == {"package": 8, "dram": 3}


def test_a_tree_with_no_package_says_so(machine: Machine) -> None:
    machine.tree.zone("intel-rapl/intel-rapl:0", "psys")
    with pytest.raises(SourceUnavailable, match="no package zone in") as error:
        machine.open()
    assert error.value.source == "rapl"


def test_a_root_that_is_not_there_says_so(machine: Machine) -> None:
    with pytest.raises(SourceUnavailable, match="there is no directory"):
        machine.open()


@pytest.mark.parametrize("text", ["0\n", "", "many\n"])
def test_a_counter_without_a_range_cannot_be_used(
    machine: Machine, package: Zone, text: str
) -> None:
    (package.path / "max_energy_range_uj").write_text(text)
    with pytest.raises(SourceUnavailable, match="max_energy_range_uj: malformed"):
        machine.open()


def test_dram_without_a_range_is_left_out_and_the_package_still_counts(
    machine: Machine, package: Zone
) -> None:
    dram = machine.tree.zone("intel-rapl/intel-rapl:0/intel-rapl:0:0", "dram")
    (dram.path / "max_energy_range_uj").write_text("0\n")
    assert counted(machine, package, dram) == {"package": 10}
