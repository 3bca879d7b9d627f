"""How long a scrape takes after many versions and many dead workers.

python -m benchmarks.scrape [--versions 600] [--dead 60]
"""

import os
import tempfile
import time
from pathlib import Path
from statistics import median

import click

_SCRAPES = 15


@click.command()
@click.option("--versions", default=600, show_default=True, type=click.IntRange(min=1))
@click.option("--dead", default=60, show_default=True, type=click.IntRange(min=0))
def main(versions: int, dead: int) -> None:
    """Count in workers that end one after the other, then scrape."""
    with tempfile.TemporaryDirectory() as directory:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory
        _measure(Path(directory), versions, dead)


def _measure(directory: Path, versions: int, dead: int) -> None:
    # The directory must be known before the first metric is made.
    from service.telemetry.counters.dead_workers import merge_dead_worker  # noqa: PLC0415
    from service.telemetry.scrape.exposition import exposition  # noqa: PLC0415
    from service.telemetry.scrape.gauges import Gauges  # noqa: PLC0415

    each = max(1, versions // max(1, dead))
    for first in range(1, dead * each + 1, each):
        worker = os.fork()
        if not worker:
            _count(range(first, first + each))
            os._exit(0)
        os.waitpid(worker, 0)
        merge_dead_worker(directory, worker)
    _count(range(1, versions + 1))
    seconds, page = [], b""
    for _ in range(_SCRAPES):
        began = time.perf_counter()
        page = exposition(Gauges([], None, None, 480))
        seconds.append(time.perf_counter() - began)
    click.echo(
        f"scrape after {versions} versions and {dead} dead workers:"
        f" {median(seconds):.4f} s (median of {_SCRAPES}), {len(page):,} bytes,"
        f" {sum(f.stat().st_size for f in directory.glob('*.db')):,} bytes of counters"
    )


def _count(versions: range) -> None:
    """A worker's life: it loads each version in turn, and answers with it."""
    from service.telemetry import metrics, version_series  # noqa: PLC0415

    for version in versions:
        version_series.keep_series(range(version, 0, -1))
        version_series.begin_series(version, "estimate")
        label = version_series.version_label(version)
        for digit in range(10):
            version_series.count_answer(version, "200 OK", 0.003)
            metrics.labelled(metrics.PREDICTIONS, digit, label).inc()
            metrics.labelled(metrics.CONFIDENCE, label).observe_all([0.99])


if __name__ == "__main__":
    main()
