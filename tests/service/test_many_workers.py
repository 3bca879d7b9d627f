"""Real processes: metrics that are right under several workers, and a clean end."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from model_store import Model, ModelStore
from tests.support.installation import Installation, Service, stop
from tests.support.waiting import wait_until

Publish = Callable[..., Model]
PREDICT = {"method": "POST", "route": "/predict", "code": "200"}
ENERGY = "digits_prediction_energy_joules_count"


def _samples(service: Service) -> Iterator[Sample]:
    for family in text_string_to_metric_families(service.get("/metrics").text):
        yield from family.samples


def _sum(service: Service, name: str, **labels: str) -> float:
    """The sum of a metric's samples that have these labels."""
    return sum(
        sample.value
        for sample in _samples(service)
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def _answered(service: Service) -> float:
    return _sum(service, "digits_http_requests_total", **PREDICT)


def _read(process: int, file: str) -> str:
    return (Path("/proc") / str(process) / file).read_text()


def test_every_answer_is_in_the_very_next_scrape(
    service: Service, picture: bytes
) -> None:
    before = _answered(service)
    counts = []
    for _ in range(8):
        assert service.predict(picture).ok
        counts.append(_answered(service) - before)
    assert counts == list(range(1, 9))


def test_requests_over_kept_and_new_connections_are_counted_exactly(
    service: Service, picture: bytes
) -> None:
    before = _answered(service)
    with requests.Session() as session:
        for _ in range(8):
            answer = session.post(
                f"{service.url}/predict",
                data=picture,
                headers={"Content-Type": "image/png"},
                timeout=120,
            )
            assert answer.ok
    for _ in range(8):
        assert service.upload(picture).ok
    assert {_answered(service) - before for _ in range(6)} == {16}


def test_each_prediction_s_energy_is_observed_at_the_tick(
    service: Service, picture: bytes
) -> None:
    before = _sum(service, ENERGY)
    for _ in range(5):
        assert service.predict(picture).json()["energy"]["source"] == "estimate"
    wait_until(
        "every prediction has its joules",
        lambda: _sum(service, ENERGY) - before >= 5,
    )
    assert _sum(service, ENERGY) <= _sum(service, "digits_predictions_total")
    samples = list(_samples(service))
    sources = {s.labels["source"] for s in samples if "source" in s.labels}
    assert sources == {"estimate"}
    process = "digits_process_energy_joules_total"
    spent = {s.labels["activity"]: s.value for s in samples if s.name == process}
    joules = "digits_prediction_energy_joules_sum"
    observed = sum(s.value for s in samples if s.name == joules)
    assert spent["request"] == pytest.approx(observed)
    assert spent["overhead"] > 0


def test_scrape_holds_nothing_but_the_service_s_own_metrics(service: Service) -> None:
    names = [sample.name for sample in _samples(service)]
    assert all(name.startswith("digits_") for name in names)
    assert not [name for name in names if name.endswith("_created")]
    assert {s.labels.get("pid") for s in _samples(service)} == {None}


def test_master_is_the_started_process_and_its_children_are_the_workers(
    service: Service,
) -> None:
    assert "gunicorn" in _read(service.process.pid, "cmdline")
    workers = service.workers()
    assert len(workers) == 2
    for worker in workers:
        assert "gunicorn" in _read(worker, "cmdline")
        assert not _read(worker, f"task/{worker}/children").split()


def test_counts_survive_a_worker_that_is_killed(
    service: Service, picture: bytes
) -> None:
    before = _answered(service)
    for _ in range(6):
        assert service.predict(picture).ok
    workers = service.workers()
    os.kill(workers[0], signal.SIGKILL)
    wait_until(
        "a new worker stands in",
        lambda: len(new := service.workers()) == 2 and new != workers,
    )
    assert _answered(service) - before == 6
    assert service.predict(picture).ok
    assert _answered(service) - before == 7


@contextlib.contextmanager
def _one_worker_more(service: Service) -> Iterator[None]:
    """Begin a third worker; leave two again for the tests that follow."""
    service.process.send_signal(signal.SIGTTIN)
    try:
        yield
    finally:
        wait_until("the third worker begins", lambda: len(service.workers()) == 3)
        service.process.send_signal(signal.SIGTTOU)
        wait_until("one worker ends", lambda: len(service.workers()) == 2)


@pytest.mark.parametrize("path", ["/readyz", "/models"])
def test_kept_connections_are_shared_with_a_worker_that_begins_later(
    service: Service, path: str
) -> None:
    with requests.Session() as session:

        def ends() -> bool:
            answer = session.get(service.url + path, timeout=120)
            assert answer.ok
            return answer.headers["Connection"] == "close"

        wait_until("the connection is one that came last", lambda: not ends())
        with _one_worker_more(service):
            wait_until("the connection is given up", ends)
            assert not ends()


def test_first_model_is_taken_up_and_the_end_leaves_nothing_behind(
    tmp_path: Path, publish: Publish, picture: bytes
) -> None:
    place = Installation(tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with place.serving(TMPDIR=str(scratch), DIGITS_RELOAD_SECONDS="3600") as service:
        refusal = service.predict(picture)
        assert (refusal.status_code, service.get("/healthz").status_code) == (503, 200)
        assert "no version yet" in refusal.json()["detail"]
        publish(ModelStore(place.store, place.root / "state"))
        assert _always_ready(service)  # no worker waits for its next look
        assert service.predict(picture).json()["model"] == {"version": 1}
        workers = service.workers()
        assert [path.name[:14] for path in scratch.iterdir()] == ["digits-shared-"]
        assert stop(service.process, signal.SIGTERM) == 0
    assert not any(map(_lives, workers))
    assert list(scratch.iterdir()) == []
    assert "Traceback" not in place.log()


def test_what_a_killed_service_left_is_removed_by_the_next_and_nothing_else(
    tmp_path: Path,
) -> None:
    first, second = (Installation(tmp_path / name) for name in ("first", "second"))
    scratch = tmp_path / "scratch"
    others = scratch / "digits-shared-of-nobody"  # empty, so perhaps just made
    for directory in (first.root, second.root, others):
        directory.mkdir(parents=True)
    (scratch / "digits-shared-link").symlink_to(first.root)
    kept = {path.name for path in scratch.iterdir()}

    def made() -> set[str]:
        return {path.name for path in scratch.iterdir()} - kept

    with first.serving(TMPDIR=str(scratch)) as killed:
        (left,) = made()
        with second.serving(TMPDIR=str(scratch)):  # one that lives is left alone
            assert len(made()) == 2
        assert made() == {left}
        workers = killed.workers()
        killed.process.kill()
        wait_until("its workers end", lambda: not any(map(_lives, workers)))
    with second.serving(TMPDIR=str(scratch)):
        (new,) = made()
        assert new != left
    assert {path.name for path in scratch.iterdir()} == kept
    assert first.root.exists()


def _lives(pid: int) -> bool:
    return (Path("/proc") / str(pid)).exists()


def _always_ready(service: Service) -> bool:
    """Whether many requests in a row find a model: both workers, in all likelihood."""
    return all(service.get("/readyz").ok for _ in range(8))
