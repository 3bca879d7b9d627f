"""Joules from power sensors (hwmon) that measure the whole machine.

Most sensors in hwmon measure a part (a graphics card, a rail), and nothing in their
files says so. Only two drivers are used, whose meaning is known: `amd_energy`, which
counts microjoules by socket, and the ACPI `power_meter`, which shows microwatts.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from energy.errors import SourceUnavailable
from energy.sources.counter import IMPLAUSIBLE, Step, step
from energy.sources.source import Energy, Reading, SourceInfo
from energy.sources.sysfs import read_into, read_word

SOCKETS = "sockets"
MACHINE = "machine"
INTERVAL_S = 1.0  # what an ACPI meter averages over

_ENDLESS_UJ = 1 << 64  # the driver extends its counters to 64 bits: they never wrap
_MEAN_POWER = ("power1_average", "power1_input")
# Grace has meters for parts of a socket too; this one is the whole socket.
_WHOLE_SOCKET = "Grace Power Socket"


@dataclass(frozen=True)
class Hwmon:
    """Either counters of energy, one a socket, or meters of power."""

    counters: Sequence[Path]
    meters: Sequence[Path]
    wall_s: Callable[[], float]
    interval_s: float = INTERVAL_S

    @property
    def info(self) -> SourceInfo:
        """What the files measure, and where they are."""
        files = (*self.counters, *self.meters)
        domain = SOCKETS if self.counters else MACHINE
        return SourceInfo("hwmon", "machine", (domain,), ", ".join(map(str, files)))

    def read(self) -> Reading:
        """Microjoules of the counters, microwatts of the meters, by file."""
        at = self.wall_s()
        values: dict[str, int] = {}
        lost: dict[str, str] = {}
        for file in (*self.counters, *self.meters):
            read_into(file, str(file), values, lost)
        return Reading(at, values, lost)

    def between(self, before: Reading, after: Reading) -> Energy:
        """The counters' joules, or the trapezoid of the meters' power over time."""
        steps = [
            measure(
                before.values[str(file)], after.values[str(file)], after.at - before.at
            )
            for files, measure in ((self.counters, _counted), (self.meters, _trapezoid))
            for file in files
            if str(file) in before.values and str(file) in after.values
        ]
        joules = [s.joules for s in steps if s.joules is not None]
        oddities = Counter(s.oddity for s in steps if s.oddity)
        return Energy(
            {self.info.domains[0]: sum(joules)} if joules else {},
            skipped=dict(oddities + Counter(after.lost.values())),
        )


def _counted(before_uj: int, after_uj: int, seconds: float) -> Step:
    return step(before_uj, after_uj, _ENDLESS_UJ, seconds)


def _trapezoid(before_uw: int, after_uw: int, seconds: float) -> Step:
    if before_uw < 0 or after_uw < 0:
        return Step(None, oddity=IMPLAUSIBLE)
    return Step((before_uw + after_uw) / 2 / 1e6 * seconds)


def open_hwmon(root: Path, wall_s: Callable[[], float]) -> Hwmon:
    """The sensors under root that measure the whole machine, or all its sockets.

    Raises `SourceUnavailable` if there are none, or if it is not clear which do.
    """
    counters = [file for d in _devices(root, "amd_energy") for file in _sockets(d)]
    meters = [] if counters else _whole_meters(_devices(root, "power_meter"))
    if not counters and not meters:
        raise SourceUnavailable("hwmon", f"no energy or power meter in {root}")
    return Hwmon(counters, meters, wall_s)


def _devices(root: Path, driver: str) -> Iterator[Path]:
    """The directories with a driver's files, by hwmon's number."""
    for entry in sorted(root.glob("hwmon*")):
        # Some kernels keep a device's files one directory further down.
        inner = entry / "device"
        if driver in (read_word(entry / "name"), read_word(inner / "name")):
            yield inner if any(inner.glob("*[0-9]_*")) else entry


def _sockets(device: Path) -> list[Path]:
    """The counters of whole sockets; the others count single cores inside them."""
    labels = sorted(device.glob("energy*_label"))
    sockets = [label for label in labels if read_word(label).startswith("Esocket")]
    return [s.with_name(s.name.replace("_label", "_input")) for s in sockets]


def _whole_meters(devices: Iterator[Path]) -> list[Path]:
    meters = {
        device: device / name
        for device in devices
        for name in reversed(_MEAN_POWER)
        if (device / name).exists() and read_word(device / "power1_is_battery") != "1"
    }
    of_sockets = [
        meter
        for device, meter in meters.items()
        if read_word(device / "power1_oem_info").startswith(_WHOLE_SOCKET)
    ]
    if not of_sockets and len(meters) > 1:
        raise SourceUnavailable(
            "hwmon",
            "several power meters, and nothing says which one measures all",
        )
    return of_sockets or list(meters.values())
