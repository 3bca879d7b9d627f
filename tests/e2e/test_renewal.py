"""Workers and masters are renewed: no request, no count and no key is lost."""

import os
import re
import signal
from pathlib import Path

import pytest
import requests

from tests.e2e.load import SteadyLoad
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import TIMEOUT_S, wait_until


def _status(service: Service, key: str | None = None) -> int:
    """The status of a prediction, asked for over a connection of its own."""
    headers = {"Content-Type": "image/png"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    answer = requests.post(
        f"{service.url}/predict",
        data=digits.picture(7),
        headers=headers,
        timeout=TIMEOUT_S,
    )
    return answer.status_code


@pytest.mark.parametrize("kept_alive", [False, True])
def test_hangup_renews_the_workers_and_loses_no_request(
    trained: Installation, kept_alive: bool
) -> None:
    picture = digits.picture(7)
    with trained.serving() as service:
        wait_until("the service is ready", service.is_ready)
        with requests.Session() as session:
            session.headers["Content-Type"] = "image/png"

            def predict() -> requests.Response:
                if not kept_alive:
                    return service.predict(picture)
                url = f"{service.url}/predict"
                return session.post(url, data=picture, timeout=TIMEOUT_S)

            with SteadyLoad(predict, clients=1 if kept_alive else 2) as load:
                for _ in range(2):
                    service.renew_workers()
                    _wait_for_more(load)
        assert load.failures == []
    assert "Traceback" not in trained.log()


def _wait_for_more(load: SteadyLoad) -> None:
    answered = len(load.versions)
    wait_until("more are answered", lambda: len(load.versions) > answered)


def test_hangup_reads_the_keys_again_and_a_bad_file_lets_nobody_new_in(
    trained: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "keys"
    path.write_text("sesame-old\n")
    slow = {"DIGITS_API_KEYS": f"@{path}", "DIGITS_RELOAD_SECONDS": "3600"}
    with trained.serving(**slow) as service:
        wait_until("the service is ready", service.is_ready)
        assert (_status(service, "sesame-old"), _status(service)) == (200, 401)
        path.write_text("sesame-new\n")
        service.renew_workers()
        keys = ("sesame-old", "sesame-new")
        assert [_status(service, key) for key in keys] == [401, 200]
        path.unlink()
        service.renew_workers()
        assert [_status(service, key) for key in keys] == [401, 401]
        assert service.get("/healthz").ok
        for process in (service.process.pid, *service.workers()):
            assert b"sesame" not in Path(f"/proc/{process}/cmdline").read_bytes()
    assert f"{path} cannot be read" in trained.log()
    assert "sesame" not in trained.log()


def test_files_of_replaced_workers_are_merged_and_their_counts_kept(
    trained: Installation, tmp_path: Path
) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    with trained.serving(TMPDIR=str(shared)) as service:
        wait_until("the service is ready", service.is_ready)
        for replaced in range(4):
            assert _predictions(service) == replaced
            assert _status(service) == 200
            service.renew_workers()
        assert _predictions(service) == 4
        assert len(list(shared.glob("*/*.db"))) <= 2 * (1 + 1 + 2)  # dead, master, two


def test_upgrade_by_sigusr2_goes_on_with_the_counters(trained: Installation) -> None:
    with trained.serving() as service:
        wait_until("the service is ready", service.is_ready)
        assert _status(service) == 200
        old = set(service.workers())
        service.process.send_signal(signal.SIGUSR2)
        (new,) = _second_master(service, old)
        try:
            wait_until("it has workers", lambda: len(_children(new)) == 2)
            service.process.terminate()
            assert service.process.wait(TIMEOUT_S) == 0
            assert _status(service) == 200
            assert _predictions(service) == 2
        finally:
            os.kill(new, signal.SIGTERM)
            wait_until("it has ended", lambda: not Path(f"/proc/{new}").exists())
    assert "Traceback" not in trained.log()


def _second_master(service: Service, workers: set[int]) -> set[int]:
    wait_until("there is another child", lambda: set(service.workers()) - workers)
    return set(service.workers()) - workers


def _children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(pid) for pid in text.split()]


def _predictions(service: Service) -> int:
    """How many predictions are counted."""
    text = service.get("/metrics").text
    counts = re.findall(r"^digits_predictions_total\{.*\} (.*)$", text, re.M)
    return round(sum(map(float, counts)))
