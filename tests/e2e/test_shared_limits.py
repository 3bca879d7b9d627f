"""One rate limit over two hosts: a real Redis counts; away, it costs no answer."""

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from tests.e2e.redis import Redis, running_redis
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.installation import Installation, Service, free_port
from tests.support.waiting import TIMEOUT_S, wait_until

LIMIT = 60
# Many times what the service waits for Redis, and what nobody would wait for an answer.
ANSWERED_WITHIN_S = 2


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    need_tools()
    with running_redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, first_store: Path) -> Installation:
    place = Installation(tmp_path_factory.mktemp("hosts"))
    shutil.copytree(first_store, place.store)
    return place


@pytest.fixture(scope="module")
def hosts(place: Installation, redis: Redis) -> Iterator[list[Service]]:
    """Two with one Redis; each has a shared directory of its own, as hosts have."""
    settings = {
        "DIGITS_RATE_LIMIT": f"{LIMIT}/hour",
        "DIGITS_RATE_LIMIT_STORAGE": redis.url,
    }
    with ExitStack() as stack:
        places = (place, replace(place, port=free_port()))
        services = [stack.enter_context(each.serving(**settings)) for each in places]
        for service in services:
            wait_until("the service is ready", service.is_ready)
        yield services


@pytest.fixture
def services(hosts: list[Service], redis: Redis) -> list[Service]:
    """The two, which have not heard of any client."""
    redis.forget_all()
    return hosts


def predict(service: Service) -> requests.Response:
    return requests.post(
        f"{service.url}/predict",
        data=digits.picture(7),
        headers={"Content-Type": "image/png"},
        timeout=ANSWERED_WITHIN_S,
    )


def fallbacks(service: Service) -> float:
    lines = service.get("/metrics").text.splitlines()
    [value] = [x for x in lines if x.startswith("digits_rate_limit_fallbacks_total")]
    return float(value.split()[-1])


def test_clients_are_counted_exactly_over_both(services: list[Service]) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(predict, services * LIMIT)
        statuses = Counter(answer.status_code for answer in asked)
    assert statuses == {200: LIMIT, 429: LIMIT}


def test_an_answer_tells_the_client_s_standing(services: list[Service]) -> None:
    first, second = map(predict, services)
    assert first.headers["RateLimit"].startswith(f'"default";r={LIMIT - 1};')
    assert second.headers["RateLimit"].startswith(f'"default";r={LIMIT - 2};')
    while (refused := predict(services[0])).status_code == 200:
        pass
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("fault", ["kill", "freeze"])
def test_redis_that_is_away_costs_no_answer_and_is_used_again_once_back(
    services: list[Service], redis: Redis, place: Installation, fault: str
) -> None:
    assert predict(services[0]).status_code == 200
    getattr(redis, fault)()
    answers = [predict(services[0]) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {200}
    assert fallbacks(services[0]) > 0
    assert "DIGITS_RATE_LIMIT_STORAGE" in place.log()
    redis.thaw() if fault == "freeze" else redis.start()
    wait_until("Redis is asked again", lambda: not _falls_back(services[0]))


def _falls_back(service: Service) -> bool:
    before = fallbacks(service)
    assert predict(service).status_code in (200, 429)
    return fallbacks(service) > before


def test_address_that_is_no_redis_is_refused(place: Installation) -> None:
    settings = {"DIGITS_RATE_LIMIT_STORAGE": "memcached://127.0.0.1"}
    program = place.start("service", settings=settings)
    _, err = program.communicate(timeout=TIMEOUT_S)
    assert program.returncode == 2
    assert err.count("\n") == 1
    assert "DIGITS_RATE_LIMIT_STORAGE" in err
    assert "redis" in err
