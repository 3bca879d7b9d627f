"""The parts of a run on Dask: processes of this host, or a cluster's workers."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from math import ceil
from typing import Final

from distributed import Client, LocalCluster, as_completed
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from energy.cpus import usable_cpus
from service.bulk.errors import SchedulerGone
from service.bulk.scoring import Job, Result, score
from service.bulk.sources import Part

_CONNECTS_WITHIN_S: Final = 10


@contextmanager
def client_of(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """A client of the scheduler at that address, or of processes of this host.

    Raises SchedulerGone.
    """
    if scheduler:
        try:
            client = Client(scheduler, timeout=_CONNECTS_WITHIN_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SchedulerGone(f"no scheduler at {scheduler}: {error}") from None
        with client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=workers or ceil(usable_cpus()),
            threads_per_worker=1,
            memory_limit=0,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def run(
    client: Client, parts: Sequence[Part], numbers: Sequence[int], job: Job
) -> Iterator[tuple[int, Result | str]]:
    """Score the parts with these numbers; each one's result, or why there is none.

    A part whose worker dies is scored again by another, three times at most. Raises
    SchedulerGone.
    """
    # Not "pure": scored in this run whatever the scheduler remembers of another.
    futures = {
        client.submit(score, parts[number], job, pure=False): number
        for number in numbers
    }
    try:
        for future in as_completed(futures, loop=client.loop):
            number, error = futures.pop(future), future.exception()
            if isinstance(error, CancelledError | CommClosedError):
                raise error
            if isinstance(error, KilledWorker):
                yield number, "three workers died of it"
            else:
                yield number, str(error) if error else future.result()
    except (CancelledError, CommClosedError) as error:
        raise SchedulerGone(
            f"the scheduler went away: {error}; what is done is kept, so run the same"
            " command again"
        ) from None
