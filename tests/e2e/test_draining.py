"""SIGTERM behind a balancer: told first, obeyed later, and no request is lost."""

import signal
import time

import pytest
import requests

from tests.e2e.load import SteadyLoad
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import TIMEOUT_S, wait_until

DRAIN_S = 3


@pytest.fixture
def session() -> requests.Session:
    """Keeps its connection."""
    return requests.Session()


def test_stopping_service_answers_but_is_not_ready_and_ends_kept_connections(
    trained: Installation, session: requests.Session
) -> None:
    with trained.serving(DIGITS_DRAIN_SECONDS=str(DRAIN_S)) as service:
        wait_until("the service is ready", service.is_ready)
        kept = session.get(f"{service.url}/healthz", timeout=TIMEOUT_S)
        assert "close" not in kept.headers["Connection"]
        service.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        wait_until("it is not ready", lambda: not service.is_ready())
        refusal = service.get("/readyz")
        assert refusal.status_code == 503
        assert refusal.json()["type"] == "/docs#problem-stopping"
        assert service.get("/v2/health/ready").status_code == 503
        assert service.get("/healthz").ok
        assert service.predict(digits.picture(7)).ok
        wait_until("its kept connection is ended", lambda: _is_ended(session, service))
        assert service.process.wait(TIMEOUT_S) == 0
        assert time.monotonic() - told >= DRAIN_S


def _is_ended(session: requests.Session, service: Service) -> bool:
    answer = session.get(f"{service.url}/healthz", timeout=TIMEOUT_S)
    return answer.headers["Connection"] == "close"


def test_second_sigterm_stops_it_at_once(trained: Installation) -> None:
    with trained.serving(DIGITS_DRAIN_SECONDS="300") as service:
        wait_until("the service is ready", service.is_ready)
        service.process.send_signal(signal.SIGTERM)
        wait_until("it is not ready", lambda: not service.is_ready())
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(TIMEOUT_S) == 0


def test_clients_old_and_new_lose_nothing_through_a_stop(trained: Installation) -> None:
    """As a balancer does, clients go elsewhere once it is not ready."""
    session = requests.Session()

    with trained.serving(DIGITS_DRAIN_SECONDS=str(DRAIN_S)) as service:
        wait_until("the service is ready", service.is_ready)

        def predict_on_a_kept_connection() -> requests.Response:
            return session.post(
                f"{service.url}/predict", data=digits.picture(7), timeout=TIMEOUT_S
            )

        new = SteadyLoad(lambda: service.predict(digits.picture(7)))
        old = SteadyLoad(predict_on_a_kept_connection, clients=1)
        with new, old:
            service.process.send_signal(signal.SIGTERM)
            wait_until("it is not ready", lambda: not service.is_ready())
            answered = len(new.versions), len(old.versions)
            wait_until(
                "both are answered meanwhile",
                lambda: (
                    len(new.versions) > answered[0] + 20
                    and len(old.versions) > answered[1] + 20
                ),
            )
        assert not new.failures
        assert not old.failures
        assert service.process.wait(TIMEOUT_S) == 0
