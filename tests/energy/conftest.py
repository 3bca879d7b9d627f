"""A machine made of files and clocks that a test moves by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from energy import EnergySettings, Meter, meter, open_meter
from energy.clocks import Clocks

RANGE_UJ = 262_143_328_850  # an Intel package's


@dataclass
class FakeClocks:
    """Wall, CPU and host time of one process on a machine of four CPUs, all its own."""

    now: float = 1000.0
    cpu: float = 5.0
    busy: float = 300.0
    host_cpus: int = 4
    usable_cpus: float = 4.0

    def advance(self, seconds: float, cpu: float = 0.0, others: float = 0.0) -> None:
        """Let time pass, with CPU seconds of this process and of all others."""
        self.now += seconds
        self.cpu += cpu
        self.busy += cpu + others

    def clocks(self) -> Clocks:
        return Clocks(
            lambda: self.now,
            lambda: self.cpu,
            lambda: self.busy,
            self.host_cpus,
            self.usable_cpus,
        )


@dataclass
class Zone:
    """A fake RAPL counter that wraps as the real ones do."""

    path: Path
    range_uj: int = RANGE_UJ
    uj: int = 0

    def add(self, joules: float) -> None:
        self.set(self.uj + round(joules * 1e6))

    def set(self, uj: int) -> None:
        self.uj = uj % self.range_uj
        (self.path / "energy_uj").write_text(f"{self.uj}\n")


@dataclass
class PowercapTree:
    """A directory that looks like /sys/devices/virtual/powercap."""

    root: Path

    def zone(self, path: str, name: str, uj: int = 0, range_uj: int = RANGE_UJ) -> Zone:
        directory = self.root / path
        directory.mkdir(parents=True)
        (directory / "name").write_text(f"{name}\n")
        (directory / "max_energy_range_uj").write_text(f"{range_uj}\n")
        zone = Zone(directory, range_uj)
        zone.set(uj)
        return zone


@dataclass
class Machine:
    """A powercap tree and the clocks of one process on it."""

    tree: PowercapTree
    clocks: FakeClocks

    def open(self, environ: Mapping[str, str] | None = None) -> Meter:
        """A meter of this process, by RAPL unless the environment says otherwise."""
        variables = {
            "DIGITS_ENERGY_SOURCE": "rapl",
            "DIGITS_POWERCAP_ROOT": str(self.tree.root),
        }
        settings = EnergySettings.from_environ({**variables, **(environ or {})})
        return open_meter(settings, self.clocks.clocks())


@pytest.fixture(autouse=True)
def _sampler_that_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would read a fake machine between the moves of its clocks and counters."""
    monkeypatch.setattr(meter, "SAMPLE_S", 3600.0)


@pytest.fixture
def clocks() -> FakeClocks:
    return FakeClocks()


@pytest.fixture
def tree(tmp_path: Path) -> PowercapTree:
    return PowercapTree(tmp_path / "powercap")


@pytest.fixture
def machine(tree: PowercapTree, clocks: FakeClocks) -> Machine:
    return Machine(tree, clocks)


@pytest.fixture
def package(tree: PowercapTree) -> Zone:
    """The only counter of a plain machine."""
    return tree.zone("intel-rapl/intel-rapl:0", "package-0")


@pytest.fixture(scope="session")
def new_machine() -> Callable[[Path], Machine]:
    """A machine for each example of a property."""
    return lambda root: Machine(PowercapTree(root), FakeClocks())


@dataclass
class Supply:
    """A fake battery; its gauges are whole numbers in micro-units, as the kernel's."""

    path: Path

    def set(self, **files: int | str) -> None:
        for name, value in files.items():
            (self.path / name).write_text(f"{value}\n")


@pytest.fixture
def new_supply(tmp_path: Path) -> Callable[..., Supply]:
    """Makes a battery that discharges; its files are given by name."""

    def make(name: str = "BAT0", **files: int | str) -> Supply:
        path = tmp_path / "power_supply" / name
        path.mkdir(parents=True)
        supply = Supply(path)
        supply.set(type="Battery", status="Discharging")
        supply.set(**files)
        return supply

    return make
