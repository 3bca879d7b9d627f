"""deploy/nginx/digits.conf and a real nginx: TLS, the prefix, slow and large bodies."""

import contextlib
import shutil
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.e2e.nginx import Nginx, proxying
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.pages import Page
from tests.support.waiting import TIMEOUT_S, wait_until

THREADS = 2
PNG = {"Content-Type": "image/png"}


@dataclass(frozen=True)
class House:
    """A service of one worker, and nginx in front of it."""

    service: Service
    proxy: Nginx


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, first_store: Path
) -> Iterator[House]:
    need_tools()
    root = tmp_path_factory.mktemp("nginx")
    place = Installation(root)
    shutil.copytree(first_store, place.store)
    settings = {
        "DIGITS_WORKERS": "1",
        "DIGITS_THREADS": str(THREADS),
        "DIGITS_TRUSTED_PROXIES": "127.0.0.1",
        "DIGITS_LOG_FORMAT": "json",
    }
    with place.serving(**settings) as service, proxying(place.port, root) as proxy:
        wait_until("the service is ready", service.is_ready)
        yield House(service, proxy)


def test_predictions_go_through_the_prefix(house: House) -> None:
    picture = digits.picture(3)
    direct = house.service.predict(picture).json()
    raw = house.proxy.request("POST", "/predict", data=picture, headers=PNG)
    form = house.proxy.request("POST", "/predict", files={"image": picture})
    for answer in (raw, form):
        assert answer.json()["outputs"] == direct["outputs"]


def test_without_tls_one_is_sent_to_https(house: House) -> None:
    answer = requests.get(
        f"{house.proxy.plain_url}/digits/docs",
        headers={"Host": "digits.example"},
        allow_redirects=False,
        timeout=TIMEOUT_S,
    )
    assert answer.status_code == 308
    assert answer.headers["Location"] == "https://digits.example/digits/docs"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_every_link_of_a_page_works_under_the_prefix(house: House, path: str) -> None:
    page = Page(house.proxy.request("GET", path).text)
    links = page.links()
    assert len(links) > 3
    for link in links:
        address = urljoin(f"{house.proxy.url}{path}", link)
        assert address.startswith(f"{house.proxy.url}/"), link
        inside = urlsplit(address.removeprefix(house.proxy.url)).path
        method = "POST" if inside == "/predict" else "GET"
        answer = house.proxy.request(method, inside)
        assert answer.status_code == (400 if method == "POST" else 200), link


def test_addresses_in_the_description_are_those_outside(house: House) -> None:
    document = house.proxy.request("GET", "/openapi.json").json()
    assert document["servers"] == [{"url": house.proxy.url}]
    assert f"{house.proxy.url}/predict" in house.proxy.request("GET", "/docs").text


def test_client_s_own_forwarded_headers_count_for_nothing(house: House) -> None:
    forged = {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Proto": "http"}
    document = house.proxy.request("GET", "/openapi.json", headers=forged).json()
    assert document["servers"] == [{"url": house.proxy.url}]


def test_request_has_one_id_everywhere(house: House) -> None:
    own = house.proxy.request("GET", "/healthz", headers={"X-Request-ID": "abc-1"})
    made = house.proxy.request("GET", "/healthz")
    assert own.headers["X-Request-ID"] == "abc-1"
    assert len(made.headers["X-Request-ID"]) == 32


def test_more_slow_senders_than_threads_hold_nobody_up(house: House) -> None:
    with contextlib.ExitStack() as open_for_now:
        slow = [
            open_for_now.enter_context(_half_sent(house.proxy))
            for _ in range(5 * THREADS)
        ]
        for _ in range(5):
            answer = house.proxy.request(
                "POST", "/predict", data=digits.picture(4), headers=PNG
            )
            assert answer.status_code == 200
            assert house.proxy.request("GET", "/models").status_code == 200
        for connection in slow:
            connection.setblocking(False)
            with pytest.raises(ssl.SSLWantReadError):
                connection.recv(1)  # still sending, as far as nginx knows
        metrics = house.service.get("/metrics").text
        assert 'code="408"' not in metrics


def test_body_that_is_too_large_is_refused_by_its_header(house: House) -> None:
    head = b"Content-Length: 9437184\r\nContent-Type: image/png\r\n\r\n"
    with _connected(house.proxy) as connection:
        connection.sendall(b"POST /digits/predict HTTP/1.1\r\nHost: digits\r\n" + head)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer
    assert b'"status": 413' in answer


def test_service_that_is_down_is_a_problem_at_once(
    trained: Installation, tmp_path: Path
) -> None:
    need_tools()
    with proxying(trained.port, tmp_path) as proxy:
        answer = proxy.request("POST", "/predict", data=b"x", headers=PNG)
        assert answer.status_code == 503
        assert answer.json()["status"] == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
        with trained.serving(DIGITS_TRUSTED_PROXIES="127.0.0.1") as service:
            wait_until("the service is ready", service.is_ready)
            back = proxy.request(
                "POST", "/predict", data=digits.picture(5), headers=PNG
            )
            assert back.status_code == 200


def _connected(proxy: Nginx) -> ssl.SSLSocket:
    address = urlsplit(proxy.url)
    plain = socket.create_connection((address.hostname, address.port), TIMEOUT_S)
    context = ssl.create_default_context(cafile=proxy.certificate)
    return context.wrap_socket(plain, server_hostname=address.hostname)


def _half_sent(proxy: Nginx) -> ssl.SSLSocket:
    """A connection on which half of a prediction request has been sent."""
    picture = digits.picture(4)
    connection = _connected(proxy)
    connection.sendall(
        b"POST /digits/predict HTTP/1.1\r\nHost: digits\r\nContent-Type: image/png\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(picture), picture[: len(picture) // 2])
    )
    return connection
