"""A whole run: cut the sources, score what is not done yet, write the table."""

import hashlib
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from model_store import ModelStore
from service.bulk.cluster import check, client_of, run
from service.bulk.patience import Patience
from service.bulk.results import Results
from service.bulk.scoring import Job
from service.bulk.sources import parts_of
from service.config import ServiceConfig


def score_all(
    store: ModelStore,
    sources: Sequence[str],
    out: str,
    *,
    numbers: bool,
    workers: int | None,
    scheduler: str | None,
) -> dict[str, Any]:
    """Score every picture of the sources into the table `out`; what it came to.

    out: a path from the root, or an object of a bucket. Raises BulkError, ConfigError,
    StoreError.
    """
    began = time.monotonic()
    version = store.served().version
    file = store.path(version).read_bytes()
    job = Job(
        store=str(store.root.resolve()),
        state=str(store.state.resolve()),
        version=version,
        sha256=hashlib.sha256(file).hexdigest(),
        numbers=numbers,
        max_pixels=ServiceConfig.from_environ(os.environ).max_pixels,
    )
    parts = parts_of(sources, without=out)
    results = Results(out, job, parts)
    to_do, patience = results.missing(), Patience()
    with (
        client_of(scheduler, workers) as client,
        click.progressbar(length=len(parts), label="parts", file=sys.stderr) as bar,
    ):
        check(client, job)
        bar.update(len(parts) - len(to_do))
        for number, result in run(client, parts, to_do, job):
            patience.until_answered(partial(results.write, number, result))
            bar.update(1)
    return {
        **asdict(patience.until_answered(results.finish)),
        "version": version,
        "seconds": round(time.monotonic() - began, 3),
        "out": out,
    }
