"""What one core serves of each kind of picture, and whether two serve twice as much.

    python -m benchmarks.scaling MODEL.npz

A service's rate is its workers' CPUs by the CPU seconds of a request: so one worker's
figures predict those of two, which are then measured, too. They are CPU seconds of the
workers alone, as the clients of a benchmark share the machine with them.
"""

import contextlib
import http.client
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageOps

from benchmarks.load.local_service import LocalService, serving
from energy.settings import EnergySettings
from model_store import ModelStore
from tests.support.digits import picture, png

_CONNECTIONS = 4
_TIMEOUT_S = 60.0
_TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Kind:
    """A kind of picture: where it is sent, what, and how many times."""

    name: str
    path: str
    content: bytes
    times: int


def kinds() -> Iterator[Kind]:
    """From the smallest to what takes longest."""
    scan = Image.open(io.BytesIO(picture(7))).convert("L")
    small = png(ImageOps.invert(scan.resize((28, 28))))
    yield Kind("28x28 PNG, as MNIST's", "/predict", small, 4000)
    square = scan.resize((280, 280))
    yield Kind("drawing, 280x280 PNG", "/predict", png(square), 400)
    yield Kind("photo, 1600x1200 JPEG", "/predict", _photo(square), 40)
    line = Image.new("L", (5 * 280, 280), square.getpixel((0, 0)))
    for place in range(5):
        line.paste(square, (280 * place, 0))
    yield Kind("/read, five digits, 1400x280", "/read", png(line), 40)


def _photo(square: Image.Image) -> bytes:
    """Dark ink on paper that is lit from one side, with the sensor's noise."""
    light = np.linspace(120, 235, 1600)[None, :] + np.zeros((1200, 1))
    ink = np.asarray(square.resize((700, 700))) > 128
    light[250:950, 450:1150][ink] *= 0.3
    noisy = light + np.random.default_rng(0).normal(0, 4, light.shape)
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def cpu_seconds_each(service: LocalService, kind: Kind) -> float:
    """CPU seconds of all workers for one request of the kind."""
    _ask(service.port, kind, kind.times // 10)  # to get warm
    before = _cpu_seconds(service)
    share = kind.times // _CONNECTIONS
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(lambda _: _ask(service.port, kind, share), range(_CONNECTIONS)))
    return (_cpu_seconds(service) - before) / (share * _CONNECTIONS)


def _ask(port: int, kind: Kind, times: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    with contextlib.closing(connection):
        for _ in range(times):
            connection.request(
                "POST", kind.path, kind.content, {"Content-Type": "image/*"}
            )
            answer = connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(answer.read().decode())
            answer.read()


def _cpu_seconds(service: LocalService) -> float:
    """Of the workers so far: utime and stime of proc_pid_stat(5)."""
    ticks = 0
    for pid in service.workers():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS_S


@click.command()
@click.argument("model", type=click.Path(path_type=Path, exists=True))
def main(model: Path) -> None:
    """Print a line for each kind of picture."""
    with tempfile.TemporaryDirectory() as directory:
        versions = Path(directory) / "versions"
        versions.mkdir()
        shutil.copy(model, versions / "000001.npz")
        network = ModelStore(Path(directory), Path(directory)).load(1).network
    watts = EnergySettings().watts_per_cpu
    each: dict[str, list[float]] = {kind.name: [] for kind in kinds()}
    for workers in (1, 2):
        with serving(network, workers) as service:
            for kind in kinds():
                each[kind.name].append(cpu_seconds_each(service, kind))
    print("ms of CPU, requests/s of a core; of two: predicted, found; J for a million")
    for name, (one, two) in each.items():
        rates = "".join(f"{rate:8.0f}" for rate in (1 / one, 2 / one, 2 / two))
        print(f"{name:30}{1000 * one:9.3f}{rates}{1e6 * one * watts:10.0f}")
    print(f"joules: an estimate, CPU seconds times {watts} W")


if __name__ == "__main__":
    main()
