"""Real gunicorn with several workers: one rate limit, reloads, a queue that ends."""

import os
import re
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from service.image.files import turns
from tests.e2e.load import SteadyLoad
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import TIMEOUT_S, wait_until

LIMIT = 40


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


def test_rate_limit_is_exact_over_all_workers(trained: Installation) -> None:
    with trained.serving(DIGITS_RATE_LIMIT=f"{LIMIT}/hour") as service:
        wait_until("the service is ready", service.is_ready)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(_status, service) for _ in range(2 * LIMIT)]
            statuses = Counter(answer.result() for answer in asked)
        assert statuses == {200: LIMIT, 429: LIMIT}
        service.renew_workers()
        assert _status(service) == 429  # the new workers know what was before


PROXIED = [  # headers of a proxy's request, and what a limit of 1 makes of it
    ("X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.1", 422),
    ("X-Forwarded-For: 198.51.100.2\r\nX-Forwarded-For: 203.0.113.1", 429),
    ("X-Forwarded-For: 198.51.100.2", 422),
    ("X_Forwarded_For: 203.0.113.2", 422),
    ("X_Forwarded_For: 203.0.113.3", 429),
    ("X-Forwarded-For: 203.0.113.4\r\nX_Forwarded_For: 203.0.113.5", 422),
    ("X-Forwarded-For: 203.0.113.4\r\nX_Forwarded_For: 203.0.113.6", 429),
]


def test_only_the_proxy_s_own_word_for_the_address_counts(
    trained: Installation,
) -> None:
    settings = {"DIGITS_TRUSTED_PROXIES": "127.0.0.1", "DIGITS_RATE_LIMIT": "1/hour"}
    with trained.serving(**settings) as service:
        wait_until("the service is ready", service.is_ready)
        for headers, expected in PROXIED:
            with _upload(trained.port, 9, headers=f"{headers}\r\n") as request:
                assert _answer(request) == expected, headers


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


def test_full_queue_is_refused_and_nobody_hangs(trained: Installation) -> None:
    with (
        trained.serving(DIGITS_WORKERS="1", DIGITS_THREADS="1") as service,
        ExitStack() as opened,
    ):
        wait_until("the service is ready", service.is_ready)
        with _holding_all_threads(trained.port):
            many = [
                opened.enter_context(_upload(trained.port, 9000)) for _ in range(400)
            ]
            assert service.get("/healthz").status_code == 200
            assert service.get("/readyz").status_code == 200
            statuses = Counter(_answer(connection) for connection in many[-50:])
            assert statuses == {503: 50}
        statuses.update(_answer(connection) for connection in many[:-50])
        assert set(statuses) == {422, 503}  # it was a picture of nothing
        assert statuses[422] >= 200
        assert _status(service) == 200
        counted = re.findall(r'code="503".* (\d+)\.0\n', service.get("/metrics").text)
        assert sum(map(int, counted)) == statuses[503]


@contextmanager
def _holding_all_threads(port: int) -> Iterator[None]:
    """Keep the one thread, and those for large pictures, waiting for bodies."""
    with ExitStack() as opened:
        all_slow = [
            opened.enter_context(_upload(port, 100, sent=1))
            for _ in range(1 + turns.MOST_WAITING)
        ]
        yield
        for slow in all_slow:
            slow.sendall(bytes(99))
            assert _answer(slow) == 422


def _upload(
    port: int, length: int, sent: int | None = None, headers: str = ""
) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
    head = f"POST /predict HTTP/1.1\r\nHost: digits\r\nContent-Length: {length}\r\n"
    head += f"Content-Type: image/png\r\nConnection: close\r\n{headers}\r\n"
    connection.sendall(head.encode() + bytes(length if sent is None else sent))
    return connection


def _answer(connection: socket.socket) -> int:
    with connection.makefile("rb") as answer:
        return int(answer.read().split(b" ")[1])
