"""Who may predict: the holders of a key, so many times, each client for itself."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ClientWith = Callable[..., FlaskClient]


def _predict(client: FlaskClient, picture: bytes, **headers: str) -> TestResponse:
    return client.post(
        "/predict", data=picture, content_type="image/png", headers=headers
    )


def _from(client: FlaskClient, address: str, **headers: str) -> int:
    """The status of a prediction request that comes from an address."""
    answer = client.post(
        "/predict", environ_base={"REMOTE_ADDR": address}, headers=headers
    )
    return answer.status_code


def test_holder_of_a_key_may_predict(client_with: ClientWith, picture: bytes) -> None:
    client = client_with(DIGITS_API_KEYS="one,two")
    for key in ("one", "two"):
        assert (
            _predict(client, picture, Authorization=f"Bearer {key}").status_code == 200
        )


@pytest.mark.parametrize("path", ["/predict", "/predict?preview=1", "/predict/batch"])
@pytest.mark.parametrize("authorization", [None, "Bearer three", "Basic one", "one"])
def test_without_a_valid_key_the_answer_is_401(
    client_with: ClientWith, path: str, authorization: str | None
) -> None:
    client = client_with(DIGITS_API_KEYS="one,two")
    headers = {"Authorization": authorization} if authorization else {}
    answer = client.post(path, headers=headers)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.get_json()["type"] == "/docs#problem-no-key"
    assert "three" not in answer.text


@pytest.mark.parametrize("slashes", ["", "//", "///"])
@pytest.mark.parametrize("path", ["predict", "predict/batch", "v2/models/digits/infer"])
def test_other_slashes_at_the_start_are_no_way_past_the_keys(
    client_with: ClientWith, picture: bytes, slashes: str, path: str
) -> None:
    client = client_with(DIGITS_API_KEYS="one")
    # Past the test client, which would make a host of the second slash.
    spelled = {"PATH_INFO": slashes + path}
    assert client.post(environ_overrides=spelled).status_code == 401
    if path == "predict":
        answer = client.post(
            environ_overrides=spelled,
            data=picture,
            content_type="image/png",
            headers={"Authorization": "Bearer one"},
        )
        assert answer.status_code == 200


@pytest.mark.parametrize("model", ["digits", "digits/versions/1", "none"])
def test_inference_without_a_key_is_refused_in_the_protocol_s_own_form(
    client_with: ClientWith, model: str
) -> None:
    answer = client_with(DIGITS_API_KEYS="one").post(f"/v2/models/{model}/infer")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert set(answer.get_json()) == {"error"}


def test_all_predicting_addresses_share_one_limit(client_with: ClientWith) -> None:
    client = client_with(DIGITS_RATE_LIMIT="2/hour")
    paths = ("/predict/batch", "/v2/models/digits/infer", "/predict")
    answers = [client.post(path) for path in (*paths, *paths)]
    assert [answer.status_code for answer in answers] == [415, 400, 429, 429, 429, 429]
    assert set(answers[4].get_json()) == {"error"}
    assert int(answers[4].headers["Retry-After"]) > 3500


def test_other_addresses_stay_open(client_with: ClientWith) -> None:
    client = client_with(DIGITS_API_KEYS="one")
    probes = ("/healthz", "/readyz", "/metrics", "/v2/health/live", "/v2/models/digits")
    for path in ("/", *probes, "/models", "/models/1"):
        assert client.get(path).status_code == 200, path
    assert client.get("/predict").status_code == 405


def test_keys_of_a_file_are_those_it_holds_by_now(
    client_with: ClientWith, picture: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "keys"
    path.write_text("old\n")
    client = client_with(DIGITS_API_KEYS=f"@{path}")
    path.write_text("new\n")
    client.application.extensions["digits"].admission.refresh()
    statuses = [
        _predict(client, picture, Authorization=f"Bearer {key}").status_code
        for key in ("old", "new")
    ]
    assert statuses == [401, 200]


def test_over_the_limit_the_answer_says_when_to_come_again(
    client_with: ClientWith, picture: bytes
) -> None:
    client = client_with(DIGITS_RATE_LIMIT="3/hour")
    answers = [_predict(client, picture) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[4].mimetype == "application/problem+json"
    assert 3590 <= int(answers[4].headers["Retry-After"]) <= 3601
    assert "limit" in answers[4].get_json()["detail"]
    assert client.get("/healthz").status_code == 200


def test_limited_answers_tell_how_much_is_left(
    client_with: ClientWith, picture: bytes
) -> None:
    """As draft-ietf-httpapi-ratelimit-headers-11 has it."""
    client = client_with(DIGITS_RATE_LIMIT="2/minute")
    answers = [_predict(client, picture) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    for answer, left in zip(answers, (1, 0, 0), strict=True):
        assert answer.headers["RateLimit-Policy"] == '"default";q=2;w=60'
        told = re.fullmatch(r'"default";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
        assert told
        assert (int(told[1]), 1 <= int(told[2]) <= 61) == (left, True)
        assert answer.headers.get("Retry-After", told[2]) == told[2]
    assert "RateLimit" not in client.get("/healthz").headers


def test_without_a_limit_no_answer_tells_of_one(
    client: FlaskClient, picture: bytes
) -> None:
    assert not [name for name, _ in _predict(client, picture).headers if "Rate" in name]


def test_wrong_keys_from_an_address_lock_nobody_out(client_with: ClientWith) -> None:
    client = client_with(DIGITS_RATE_LIMIT="1/hour", DIGITS_API_KEYS="right")
    for _ in range(3):
        assert _from(client, "192.0.2.1", Authorization="Bearer wrong") == 401
    assert _from(client, "192.0.2.1", Authorization="Bearer right") == 400


def test_refusals_are_counted_as_what_they_were(
    client_with: ClientWith, grown: Callable[..., float]
) -> None:
    client = client_with(DIGITS_RATE_LIMIT="2/hour", DIGITS_API_KEYS="one")
    for key in ("none", "one", "one", "one", "one"):
        _from(client, "192.0.2.1", Authorization=f"Bearer {key}")
    for code, count in ((401, 1), (400, 2), (429, 2)):
        labels = {"method": "POST", "route": "/predict", "code": code}
        assert grown("digits_http_requests_total", **labels) == count


def test_each_address_has_a_limit_of_its_own_and_ipv6_by_64_bits(
    client_with: ClientWith,
) -> None:
    client = client_with(DIGITS_RATE_LIMIT="1/hour")
    addresses = ["192.0.2.1", "192.0.2.2", "2001:db8:0:1::1", "2001:db8:0:2::1"]
    assert [_from(client, address) for address in addresses] == [400] * 4
    same = ["192.0.2.1", "::ffff:192.0.2.2", "2001:db8:0:1:ffff::2", "2001:DB8:0:2::"]
    assert [_from(client, address) for address in same] == [429] * 4


def test_each_key_has_a_limit_of_its_own_wherever_it_is_used(
    client_with: ClientWith,
) -> None:
    client = client_with(DIGITS_RATE_LIMIT="1/hour", DIGITS_API_KEYS="one,two")
    one, two = ({"Authorization": f"Bearer {key}"} for key in ("one", "two"))
    assert _from(client, "192.0.2.1", **one) == 400
    assert _from(client, "192.0.2.1", **two) == 400
    assert _from(client, "192.0.2.2", **one) == 429
    assert _from(client, "192.0.2.3", Authorization="Bearer three") == 401


def test_forwarded_address_counts_only_from_a_trusted_proxy(
    client_with: ClientWith,
) -> None:
    client = client_with(
        DIGITS_RATE_LIMIT="1/hour", DIGITS_TRUSTED_PROXIES="10.0.0.0/8"
    )
    for number in range(3):  # a stranger names another address each time
        status = _from(
            client, "192.0.2.1", **{"X-Forwarded-For": f"198.51.100.{number}"}
        )
        assert status == (429 if number else 400)
    for number in range(3):  # a client lies to the proxy, which adds the truth
        told = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        assert _from(client, "10.1.2.3", **told) == (429 if number else 400)
    assert _from(client, "10.9.9.9", **{"X-Forwarded-For": "203.0.113.10"}) == 400


def test_page_behind_a_proxy_links_to_where_the_proxy_is(
    client_with: ClientWith,
) -> None:
    client = client_with(DIGITS_TRUSTED_PROXIES="10.0.0.1")
    headers = {"X-Forwarded-Prefix": "/digits/", "X-Forwarded-Proto": "https"}
    page = client.get("/", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert 'data-predict="/digits/predict"' in page.text
    assert "https://localhost/digits/predict" in page.text
    spoofed = client.get("/", headers=headers)
    assert 'data-predict="/predict"' in spoofed.text
    assert "https://" not in spoofed.text


OPEN = {"/v2/repository/index"}  # is posted to, but only lists


def test_no_address_that_is_posted_to_is_open_but_those_known_to_be(
    client_with: ClientWith,
) -> None:
    client = client_with(DIGITS_API_KEYS="one", DIGITS_ADMIN_TOKEN="two")
    answers = {
        rule.rule: client.post(re.sub("<.*>", "1", rule.rule)).status_code
        for rule in client.application.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }
    assert {path for path, status in answers.items() if status != 401} == OPEN
