"""What one core serves of each kind of picture, and whether two serve twice as much.

    python -m benchmarks.scaling MODEL.npz DIRECTORY-OF-MNIST-CSVS

A service's rate is its workers' CPUs by the CPU seconds of a request: so one worker's
figures predict those of two, which are then measured, too. They are CPU seconds of the
workers alone, as the clients of a benchmark share the machine with them. Many clients
wait at once, so that a worker does not fall asleep between two requests.
"""

import contextlib
import http.client
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import click
import numpy as np
from PIL import Image

from benchmarks.load.local_service import LocalService, serving
from energy.settings import EnergySettings
from model_store.files.npz import content, parse
from tests.support.digits import png
from trainer.data.mnist_csv import read_csv

_CONNECTIONS = 16
_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Kind:
    """A kind of picture: where they are sent, what in turn, and how many times."""

    name: str
    path: str
    pictures: list[bytes]
    times: int


def kinds(data: Path) -> Iterator[Kind]:
    """From the smallest to what takes longest."""
    [file, *_] = sorted(data.glob("MNIST_train.csv*"))
    rows = 255 - read_csv(file, limit=1000).pixels.reshape(-1, 28, 28)
    digits = [*map(Image.fromarray, rows)]
    yield Kind("28x28 PNG, of MNIST", "/predict", [*map(png, digits)], 4800)
    drawings = [digit.resize((280, 280)) for digit in digits[:10]]
    yield Kind("drawing, 280x280 PNG", "/predict", [*map(png, drawings)], 800)
    yield Kind("photo, 1600x1200 JPEG", "/predict", [*map(_photo, drawings)], 160)
    line = Image.new("L", (10 * 120, 160), "white")
    for place, digit in enumerate(digits[:10]):
        line.paste(digit.resize((120, 120)), (120 * place, 20))
    yield Kind("/read, ten digits, 1200x160", "/read", [png(line)], 160)


def _photo(square: Image.Image) -> bytes:
    """Dark ink on paper that is lit from one side, with the sensor's noise."""
    light = np.linspace(120, 235, 1600)[None, :] + np.zeros((1200, 1))
    ink = np.asarray(square.resize((700, 700))) < 128
    light[250:950, 450:1150][ink] *= 0.3
    noisy = light + np.random.default_rng(0).normal(0, 4, light.shape)
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def cpu_seconds_each(service: LocalService, kind: Kind) -> float:
    """CPU seconds of all workers for one request of the kind."""
    _ask(service.port, kind, kind.times // 10)  # to get warm
    before = service.cpu_seconds()
    share = kind.times // _CONNECTIONS
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(lambda _: _ask(service.port, kind, share), range(_CONNECTIONS)))
    return (service.cpu_seconds() - before) / (share * _CONNECTIONS)


def _ask(port: int, kind: Kind, times: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    with contextlib.closing(connection):
        for content in islice(cycle(kind.pictures), times):
            connection.request("POST", kind.path, content, {"Content-Type": "image/*"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(answer.read().decode())
            answer.read()


@click.command()
@click.argument("model", type=click.Path(path_type=Path, exists=True))
@click.argument("data", type=click.Path(path_type=Path, exists=True))
def main(model: Path, data: Path) -> None:
    """Print a line for each kind of picture."""
    network, _ = parse(model, content(model))
    measured = [*kinds(data)]
    watts = EnergySettings().watts_per_cpu
    each: dict[str, list[float]] = {kind.name: [] for kind in measured}
    for workers in (1, 2):
        with serving(network, workers) as service:
            for kind in measured:
                each[kind.name].append(cpu_seconds_each(service, kind))
    print("ms of CPU, requests/s of a core; of two: predicted, found; J for a million")
    for name, (one, two) in each.items():
        rates = "".join(f"{rate:8.0f}" for rate in (1 / one, 2 / one, 2 / two))
        print(f"{name:30}{1000 * one:9.3f}{rates}{1e6 * one * watts:10.0f}")
    print(f"joules: an estimate, CPU seconds times {watts} W")


if __name__ == "__main__":
    main()
