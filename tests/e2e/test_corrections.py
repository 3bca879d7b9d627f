"""Corrections in a real PostgreSQL that stops, hangs and comes back; and in SQLite."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.e2e.postgres import Postgres, running_postgres
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until

TOKEN = "a-token-of-the-tests"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    need_tools()
    with running_postgres() as postgres:
        yield postgres


def correct(service: Service, digit: int, label: int) -> requests.Response:
    """Ask for a digit, and say that it is another."""
    picture = digits.picture(digit)
    token = service.predict(picture).json()["feedback"]["token"]
    return requests.post(
        f"{service.url}/feedback",
        files={"image": ("digit.png", picture)},
        data={"label": label, "token": token},
        timeout=30,
    )


def is_stored(service: Service, digit: int, label: int) -> bool:
    return correct(service, digit, label).status_code == 201


def test_database_that_stops_costs_corrections_and_nothing_else(
    trained: Installation, postgres: Postgres
) -> None:
    settings = {"DIGITS_DATABASE_URL": postgres.url, "DIGITS_ADMIN_TOKEN": TOKEN}
    with trained.serving(**settings) as service:
        wait_until("the service is ready", service.is_ready)
        behind = correct(service, 1, 7)
        assert (behind.status_code, behind.headers["Retry-After"]) == (503, "5")
        trained.run("feedback", "migrate", "--database-url", postgres.url)
        assert is_stored(service, 1, 7)
        postgres.stop()
        assert correct(service, 3, 5).status_code == 503
        assert service.predict(digits.picture(3)).status_code == 200
        postgres.start()
        wait_until("corrections are stored", lambda: is_stored(service, 3, 5))
        answer = requests.get(f"{service.url}/feedback", headers=ADMIN, timeout=30)
        waiting = answer.json()["corrections"]
        odd = requests.get(
            f"{service.url}/feedback?state=quarantined", headers=ADMIN, timeout=30
        )
        labels = Counter(c["label"] for c in waiting + odd.json()["corrections"])
        assert labels == {7: 1, 5: 1}  # what was answered 201 is there, once


def test_database_that_hangs_holds_up_no_prediction(
    trained: Installation, postgres: Postgres
) -> None:
    settings = {"DIGITS_DATABASE_URL": postgres.url}
    trained.run("feedback", "migrate", "--database-url", postgres.url)
    pid = int((postgres.directory / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children")
    with trained.serving(**settings, DIGITS_THREADS="2") as service:
        wait_until("the service is ready", service.is_ready)
        assert is_stored(service, 1, 7)
        stopped = [pid, *map(int, children.read_text().split())]
        for process in stopped:
            os.kill(process, signal.SIGSTOP)
        try:
            with ThreadPoolExecutor(6) as senders:
                sent = [senders.submit(correct, service, 8, k) for k in range(6)]
                for _ in range(20):
                    assert service.predict(digits.picture(3)).status_code == 200
            assert {answer.result().status_code for answer in sent} == {503}
        finally:
            for process in stopped:
                os.kill(process, signal.SIGCONT)


def test_workers_of_one_sqlite_file_lose_nothing(trained: Installation) -> None:
    with trained.serving(
        DIGITS_WORKERS="4", DIGITS_ADMIN_TOKEN=TOKEN, DIGITS_API_KEYS="a,b,c,d"
    ) as service:
        wait_until("the service is ready", service.is_ready)

        def send(key: str) -> list[int]:
            headers = {"Authorization": f"Bearer {key}"}
            return [_correct_as(service, headers, digit) for digit in range(10)]

        with ThreadPoolExecutor(4) as senders:
            ids = [number for sent in senders.map(send, "abcd") for number in sent]
        assert len(set(ids)) == 40
        found = [
            correction["id"]
            for state in ("pending", "quarantined")
            for correction in requests.get(
                f"{service.url}/feedback?state={state}", headers=ADMIN, timeout=30
            ).json()["corrections"]
        ]
        assert sorted(found) == sorted(ids)


def _correct_as(service: Service, headers: dict[str, str], digit: int) -> int:
    picture = digits.picture(digit)
    said = requests.post(
        f"{service.url}/predict",
        data=picture,
        headers={**headers, "Content-Type": "image/png"},
        timeout=30,
    ).json()
    answer = requests.post(
        f"{service.url}/feedback",
        files={"image": ("digit.png", picture)},
        data={"label": digit, "token": said["feedback"]["token"]},
        headers=headers,
        timeout=30,
    )
    assert answer.status_code == 201
    number: int = answer.json()["id"]
    return number
