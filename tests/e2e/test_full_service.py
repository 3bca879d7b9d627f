"""Who is answered when not all can be: one rate limit, a queue that ends."""

import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from service.image.files import turns
from tests.support import digits
from tests.support.installation import Installation
from tests.support.waiting import TIMEOUT_S, wait_until

LIMIT = 40
PICTURE = digits.picture(7)


def test_rate_limit_is_exact_over_all_workers(trained: Installation) -> None:
    with trained.serving(DIGITS_RATE_LIMIT=f"{LIMIT}/hour") as service:
        wait_until("the service is ready", service.is_ready)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(service.predict, PICTURE) for _ in range(2 * LIMIT)]
            statuses = Counter(answer.result().status_code for answer in asked)
        assert statuses == {200: LIMIT, 429: LIMIT}
        service.renew_workers()
        # The new workers know what was before.
        assert service.predict(PICTURE).status_code == 429


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
        assert service.predict(PICTURE).status_code == 200
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
