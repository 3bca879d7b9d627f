"""X-Forwarded-* headers: believed from trusted proxies only, as far as they go."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.access.proxies import TrustedProxies, address

PROXIES = TrustedProxies.parse("10.0.0.0/8,192.0.2.1,fd00::/8")


def _applied(peer: str, **headers: str) -> dict[str, Any]:
    environ = {
        "REMOTE_ADDR": peer,
        "wsgi.url_scheme": "http",
        "SCRIPT_NAME": "",
        **{f"HTTP_X_FORWARDED_{name}": value for name, value in headers.items()},
    }
    PROXIES.apply(environ)
    return environ


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("192.0.2.1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1,203.0.113.9,10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"),
        ("192.0.2.2", "203.0.113.9", "192.0.2.2"),
        ("203.0.113.1", "10.0.0.1", "203.0.113.1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_client_is_the_last_address_that_no_trusted_proxy_has(
    peer: str, forwarded: str, client: str
) -> None:
    assert _applied(peer, FOR=forwarded)["REMOTE_ADDR"] == client


@pytest.mark.parametrize(
    ("told", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("http, https", "https"),
     ("http", "http"), ("", "http"), ("javascript", "http")],
)  # fmt: skip
def test_scheme_is_what_the_proxy_says(told: str, scheme: str) -> None:
    assert _applied("10.0.0.1", PROTO=told)["wsgi.url_scheme"] == scheme
    assert _applied("192.0.2.2", PROTO=told)["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize(
    ("told", "prefix"),
    [("/digits", "/digits"), ("/a/b-c/", "/a/b-c"), ("/", ""), ("", ""),
     ("digits", ""), ("//evil.example", ""), ("/a//b", ""), ("/a b", ""),
     ('/"><script>', ""), ("/a\n", "")],
)  # fmt: skip
def test_prefix_is_what_the_proxy_says_if_it_is_a_path(told: str, prefix: str) -> None:
    assert _applied("10.0.0.1", PREFIX=told)["SCRIPT_NAME"] == prefix
    assert _applied("192.0.2.2", PREFIX=told)["SCRIPT_NAME"] == ""


LISTS = st.text("0123456789abcdef.:,[] ") | st.text()


@given(LISTS, st.text(), st.text())
def test_any_header_leaves_an_address_a_scheme_and_a_path(
    forwarded: str, scheme: str, prefix: str
) -> None:
    environ = _applied("10.0.0.1", FOR=forwarded, PROTO=scheme, PREFIX=prefix)
    assert address(environ["REMOTE_ADDR"])
    assert environ["wsgi.url_scheme"] in {"http", "https"}
    assert environ["SCRIPT_NAME"] == "" or environ["SCRIPT_NAME"].startswith("/")
    assert "//" not in environ["SCRIPT_NAME"]
