"""python -m energy: what it refuses, sources, watch, and the notes' readings."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from energy import __version__
from tests.energy.programs import run, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.energy.conftest import PowercapTree, Zone

READINGS = ("--start-mah", "6439", "--end-mah", "6132", "--volts", "12.5")
NOTES = ("battery", *READINGS, "--runs", "5")


@pytest.fixture
def busy_package(tree: PowercapTree) -> Iterator[Zone]:
    """A RAPL counter that rises by 1 J fifty times a second."""
    zone = tree.zone("intel-rapl/intel-rapl:0", "package-0")
    end = threading.Event()

    def rise() -> None:
        while not end.wait(0.02):
            new = zone.path / "new"
            zone.uj += 1_000_000
            new.write_text(f"{zone.uj}\n")
            new.replace(zone.path / "energy_uj")  # the kernel's file is never half

    thread = threading.Thread(target=rise)
    thread.start()
    yield zone
    end.set()
    thread.join()


def test_version() -> None:
    assert run("--version") == (0, f"energy, version {__version__}\n", "")


def test_notes_readings_print_the_notes_table() -> None:
    status, stdout, stderr = run(*NOTES)
    assert (status, stderr) == (0, "")
    assert stdout.splitlines()[:4] == [
        "61.4 mAh per training cycle",
        "0.0614 Ah per training cycle",
        "0.7675 Wh per training cycle",
        "36.48 training cycles for 1 hour of a 28 watt bulb",
    ]
    assert "2763 J per training cycle" in stdout
    assert "+-0.3257 %" in stdout


def test_notes_readings_as_json() -> None:
    status, stdout, _ = run(*NOTES, "--json")
    figures = json.loads(stdout)
    assert status == 0
    assert figures["watt_hours"] == pytest.approx(0.7675)
    assert figures["cycles_per_bulb_hour"] == pytest.approx(36.48208469055375)
    assert figures["bulb_seconds"] == pytest.approx(98.678571)
    assert figures["co2e_grams"] == pytest.approx(0.3684)
    assert (figures["seconds"], figures["idle_watts"]) == (None, None)


def test_the_grid_can_be_set() -> None:
    _, stdout, _ = run(*NOTES, "--json", environ={"DIGITS_CARBON_GRAMS_PER_KWH": "100"})
    assert json.loads(stdout)["co2e_grams"] == pytest.approx(0.07675)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "Missing command"),
        ("teleport", "No such command 'teleport'"),
        ("sources --loud", "No such option"),
        ("sources extra", "unexpected extra argument"),
        ("sources --source solar", "DIGITS_ENERGY_SOURCE='solar' is not allowed"),
        ("sources --source rapl --powercap-root /none", "there is no directory /none"),
        ("watch --source rapl --powercap-root /none", "there is no directory /none"),
        ("watch --source none", "switched off"),
        ("watch --watts-per-cpu -1", "DIGITS_WATTS_PER_CPU='-1' is not allowed"),
        ("watch --seconds soon", "not a valid float"),
        ("watch --seconds 0", "not a positive number"),
        ("watch --seconds nan", "not a positive number"),
        ("battery --root /none", "there is no battery in /none"),
        ("battery --runs 0", "--runs"),
        ("battery --baseline -1", "--baseline"),
        ("battery --start-mah 6439", "go together"),
        ("battery --start-mah 6439 --end-mah 6132 --volts inf", "not a positive"),
        ("battery --start-mah 1 --end-mah 2 --volts 12", "less at the end"),
        (" ".join([*NOTES, "--", "true"]), "without a command"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments: str, told: str) -> None:
    status, stdout, stderr = run(*arguments.split())
    assert status == 2
    assert told in stderr
    assert stderr.startswith("python -m energy: ")
    assert stderr.count("\n") == 1
    assert stdout == "" or arguments.startswith("sources")


def test_a_bad_variable_stops_the_program_and_a_flag_stands_over_it() -> None:
    environ = {"DIGITS_ENERGY_SOURCE": "solar"}
    assert run("sources", environ=environ)[0] == 2
    assert run("sources", "--source", "estimate", environ=environ)[0] == 0


def test_sources_says_which_one_is_used_and_why_each_other_is_not(
    busy_package: Zone, tree: PowercapTree
) -> None:
    status, stdout, stderr = run("sources", "--powercap-root", str(tree.root))
    assert (status, stderr) == (0, "")
    rapl, *others = stdout.splitlines()
    assert rapl.startswith("* rapl      in use: intel-rapl:0 in ")
    assert [line.split()[0] for line in others] == ["battery", "hwmon", "estimate"]
    assert all("available" in line for line in others)
    assert "available, but rapl is chosen" in others[-1]


def test_sources_as_json(busy_package: Zone, tree: PowercapTree) -> None:
    flags = ("--powercap-root", str(tree.root), "--source", "estimate", "--json")
    status, stdout, _ = run("sources", *flags)
    told = json.loads(stdout)
    by_name = {source["name"]: source for source in told["sources"]}
    assert (status, told["source"]) == (0, "estimate")
    assert by_name["rapl"]["available"] is True
    assert by_name["rapl"]["domains"] == ["package"]
    assert "estimate is chosen" in by_name["rapl"]["reason"]
    assert by_name["estimate"]["reason"] is None
    assert by_name["estimate"]["coefficients"]["watts_per_cpu"] == pytest.approx(2.76)


def test_watch_sums_up_what_the_counter_rose_by(
    busy_package: Zone, tree: PowercapTree
) -> None:
    flags = ("--seconds", "1.5", "--powercap-root", str(tree.root), "--json")
    before = busy_package.uj
    status, stdout, stderr = run("watch", *flags)
    rose = (busy_package.uj - before) / 1e6
    watched = json.loads(stdout)
    assert (status, stderr) == (0, "")
    assert watched["source"] == "rapl"
    assert 0 < watched["joules"]["package"] <= rose
    assert watched["seconds"] >= 1.5
    watts = watched["joules"]["package"] / watched["seconds"]
    assert watched["watts"]["package"] == pytest.approx(watts)


@pytest.mark.parametrize(
    ("sign", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_watch_after_whole_lines(
    busy_package: Zone, tree: PowercapTree, sign: int, status: int
) -> None:
    process = start("watch", "--powercap-root", str(tree.root))
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(sign)
    rest, stderr = process.communicate(timeout=30)
    assert process.returncode == status
    assert "package" in line
    assert all(" W (mean " in line for line in rest.splitlines())
    assert "Traceback" not in stderr


def test_watch_as_json_gives_its_object_at_ctrl_c(
    busy_package: Zone, tree: PowercapTree
) -> None:
    process = start("watch", "--powercap-root", str(tree.root), "--json")
    threading.Timer(4.0, process.send_signal, [signal.SIGINT]).start()
    stdout, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(stdout)["source"] == "rapl"


def test_watch_ends_quietly_when_its_reader_leaves(
    busy_package: Zone, tree: PowercapTree
) -> None:
    process = start("watch", "--powercap-root", str(tree.root))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=30) == 1
    assert process.stderr.read() == ""
    process.stderr.close()
