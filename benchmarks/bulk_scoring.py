"""Bulk scoring against a plain process pool, and against posting the same pictures.

    python -m benchmarks.bulk_scoring MODEL.npz DIRECTORY-OF-MNIST-CSVS

40,000 training rows as PNGs in twenty zip files. The pool does the same work with
nothing around it, and loses the job with a process. CPU time is that of all processes,
so also that of whoever posts.
"""

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import click
from PIL import Image

from benchmarks.load.local_service import LocalService, serving
from model_store.files.npz import content, parse
from service.bulk.pictures import Picture, pictures_of
from service.bulk.scoring import Job, score
from service.bulk.sources import Part, parts_of
from tests.support.digits import png
from trainer.data.mnist_csv import read_csv

_ARCHIVES, _MEMBERS = 20, 2000
_PICTURES = _ARCHIVES * _MEMBERS
_CPUS = 2
_CONNECTIONS = 16
_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Cost:
    """What all the pictures took, in seconds."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        rate, each_ms = _PICTURES / self.wall, 1000 * self.cpu / _PICTURES
        return f"{rate:8.0f} pictures/s {each_ms:6.3f} ms of CPU each"


@click.command()
@click.argument("model", type=click.Path(path_type=Path, exists=True))
@click.argument("data", type=click.Path(path_type=Path, exists=True))
def main(model: Path, data: Path) -> None:
    """Print what each way costs, and the ratios."""
    network, _ = parse(model, content(model))
    with tempfile.TemporaryDirectory() as folder, serving(network) as service:
        _write_archives(Path(folder), data)
        parts = parts_of([folder], without="")
        one, bulk, pool, posting = (
            _measured(way, service)
            for way in (
                partial(_bulk, folder, service, 1),
                partial(_bulk, folder, service, _CPUS),
                partial(_pool, parts, service),
                partial(_post, parts, service.port),
            )
        )
    print(f"{_PICTURES} small pictures in {_ARCHIVES} archives")
    print(f"  bulk, 1 worker      {one}")
    for name, cost in (("bulk", bulk), ("pool", pool), ("posted", posting)):
        print(f"  {name + f', {_CPUS} workers':20}{cost}")
    print(
        f"  bulk on {_CPUS} workers: {one.wall / bulk.wall:.2f} times as fast as on 1,"
        f" {pool.wall / bulk.wall:.2f} times as the pool,"
        f" {posting.wall / bulk.wall:.2f} times as posting"
    )


def _write_archives(folder: Path, data: Path) -> None:
    [file, *_] = sorted(data.glob("MNIST_train.csv*"))
    pages = 255 - read_csv(file, limit=_PICTURES).pixels.reshape(-1, 28, 28)
    for number in range(_ARCHIVES):
        with zipfile.ZipFile(folder / f"{number:02d}.zip", "w") as archive:
            for member in range(_MEMBERS):
                page = Image.fromarray(pages[number * _MEMBERS + member])
                archive.writestr(f"{member}.png", png(page))


def _measured(way: Callable[[], None], service: LocalService) -> Cost:
    wall, cpu = time.monotonic(), _cpu_seconds(service)
    way()
    return Cost(time.monotonic() - wall, _cpu_seconds(service) - cpu)


def _cpu_seconds(service: LocalService) -> float:
    """Of this process, of those that it has waited for, and of the service."""
    usages = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    own = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return own + service.cpu_seconds()


def _bulk(folder: str, service: LocalService, workers: int) -> None:
    out = Path(folder) / "labels.csv"
    words = ("--out", out, "--store", service.store.root, "--workers", workers)
    run = subprocess.run(
        [sys.executable, "-m", "service.bulk", folder, *map(str, words), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    told = json.loads(run.stdout)
    if (told["pictures"], told["failed"]) != (_PICTURES, 0):
        raise RuntimeError(run.stdout.decode())
    out.unlink()


def _pool(parts: Sequence[Part], service: LocalService) -> None:
    store = str(service.store.root)
    job = Job(store, store, 1, "", numbers=False, max_pixels=10**6)
    with ProcessPoolExecutor(_CPUS) as pool:
        scored = pool.map(partial(score, job=job), parts)
        if sum(len(result["rows"]) for result in scored) != _PICTURES:
            raise RuntimeError("the pool lost pictures")


def _post(parts: Sequence[Part], port: int) -> None:
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        list(pool.map(partial(_post_part, port), parts))


def _post_part(port: int, part: Part) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)) as service:
        for found in pictures_of(part):
            if not isinstance(found, Picture):
                raise RuntimeError(found.reason)
            service.request(
                "POST", "/predict", found.content, {"Content-Type": "image/png"}
            )
            answer = service.getresponse()
            if answer.status != 200:
                raise RuntimeError(answer.read().decode())
            answer.read()


if __name__ == "__main__":
    main()
