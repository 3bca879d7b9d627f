"""The parts of a run on Dask: processes of this host, or a cluster's workers."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from math import ceil
from typing import Final

from distributed import Client, Future, LocalCluster, as_completed
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from energy.cpus import usable_cpus
from service.bulk.errors import (
    BucketAway,
    BulkError,
    SchedulerGone,
    UnfitCluster,
)
from service.bulk.patience import Patience
from service.bulk.scoring import Job, Result, get_ready, score
from service.bulk.sources import Part

_CONNECTS_WITHIN_S: Final = 10
_WORKERS_WITHIN_S: Final = 60
_LACKS: Final = "cannot load this package; install the same version there"


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


def check(client: Client, job: Job) -> None:
    """Raises UnfitCluster unless the scheduler and every worker can score.

    Whoever cannot load this package would lose each part that it is given.
    """
    try:
        client.wait_for_workers(1, timeout=_WORKERS_WITHIN_S)
        client.run_on_scheduler(get_ready)
    except TimeoutError:
        raise UnfitCluster(
            f"no worker has joined the scheduler in {_WORKERS_WITHIN_S} s"
        ) from None
    except (ImportError, AttributeError) as error:
        raise UnfitCluster(f"the scheduler {_LACKS}: {error}") from None
    for worker, fault in client.run(get_ready, job, on_error="return").items():
        if isinstance(fault, BulkError):
            raise UnfitCluster(f"the worker {worker} has no model: {fault}")
        if fault:
            raise UnfitCluster(f"the worker {worker} {_LACKS}: {fault}")


def run(
    client: Client, parts: Sequence[Part], numbers: Sequence[int], job: Job
) -> Iterator[tuple[int, Result | str]]:
    """Score the parts with these numbers; each one's result, or why there is none.

    A part whose worker dies is scored again by another, three times at most; one whose
    bucket does not answer, for minutes. Raises SchedulerGone, BucketAway, NoModel.
    """

    def begin(number: int) -> "Future[Result]":
        # Not "pure": scored in this run whatever the scheduler remembers of another.
        future = client.submit(score, parts[number], job, pure=False)
        begun[future] = number
        return future

    begun: dict[Future[Result], int] = {}
    done = as_completed([begin(number) for number in numbers], loop=client.loop)
    patience = Patience()
    try:
        for future in done:
            number = begun.pop(future)
            try:
                outcome = _outcome(future)
            except BucketAway as error:
                patience.failed(error)
                done.add(begin(number))
                continue
            patience.answered()
            yield number, outcome
    except (CancelledError, CommClosedError) as error:
        raise SchedulerGone(
            f"the scheduler went away: {error}; what is done is kept, so run the same"
            " command again"
        ) from None


def _outcome(future: "Future[Result]") -> Result | str:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BulkError | CancelledError | CommClosedError):
        raise error
    if isinstance(error, ImportError):  # of one that joined after the check
        raise UnfitCluster(f"a worker {_LACKS}: {error}") from None
    if isinstance(error, KilledWorker):
        return "three workers died of it"
    return " ".join(str(error).split())
