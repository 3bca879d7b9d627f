"""Pages of other sites may call the service where DIGITS_CORS_ORIGINS names them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.access.origins import Origins
from service.config import ServiceConfig
from service.setting import ConfigError

SHOP, OTHER = "https://shop.example", "https://other.example"
PREFLIGHT = {
    "Origin": SHOP,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture
def shop(client_with: Callable[..., FlaskClient]) -> FlaskClient:
    """A client of a service that pages of the shop may call."""
    return client_with(DIGITS_CORS_ORIGINS=f"{SHOP}, http://localhost:5173")


def _granted(answer: TestResponse) -> str | None:
    return answer.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/healthz", "/nowhere"])
@pytest.mark.parametrize("origin", [SHOP, "http://localhost:5173"])
def test_named_origin_may_read_every_answer(
    shop: FlaskClient, path: str, origin: str
) -> None:
    for method in ("GET", "POST"):
        answer = shop.open(path, method=method, headers={"Origin": origin})
        assert _granted(answer) == origin
        assert answer.headers["Vary"] == "Origin"
        exposed = answer.headers["Access-Control-Expose-Headers"]
        assert {"X-Request-ID", "Retry-After"} <= set(exposed.split(", "))
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", [OTHER, "null", "", f"{SHOP}.evil.example", f"{SHOP}:81", SHOP.upper()]
)
def test_other_origin_may_not(shop: FlaskClient, picture: bytes, origin: str) -> None:
    headers = {"Origin": origin}
    answer = shop.post("/predict", data=picture, headers=headers)
    assert answer.status_code == 200
    assert _granted(answer) is None
    assert answer.headers["Vary"] == "Origin"  # for caches that keep it for the shop


def test_without_the_setting_no_origin_may(client: FlaskClient) -> None:
    for headers in ({"Origin": SHOP}, PREFLIGHT):
        answer = client.options("/predict", headers=headers)
        assert not [name for name, _ in answer.headers if "Access-Control" in name]


@pytest.mark.parametrize(
    "path", ["/predict", "/predict/batch", "/v2/models/digits/infer", "/models/1/pin"]
)
def test_preflight_is_answered_without_a_key(
    client_with: Callable[..., FlaskClient], path: str
) -> None:
    client = client_with(
        DIGITS_CORS_ORIGINS=SHOP, DIGITS_API_KEYS="a-key", DIGITS_ADMIN_TOKEN="a-token"
    )
    answer = client.options(path, headers=PREFLIGHT)
    assert answer.status_code == 200
    assert _granted(answer) == SHOP
    assert "POST" in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert (
        answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    )
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


def test_any_origin_may_where_all_are_named(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(DIGITS_CORS_ORIGINS="*")
    answer = client.get("/healthz", headers={"Origin": OTHER})
    assert _granted(answer) == "*"


@pytest.mark.parametrize(
    "text",
    ["shop.example", "https://", f"{SHOP}/", f"{SHOP}/page", "ftp://shop.example",
     "https://*.example", f"{SHOP};{OTHER}", "null", "https://a b", "https://a:port"],
)  # fmt: skip
def test_origin_that_is_none_stops_the_program(text: str) -> None:
    with pytest.raises(ConfigError, match="DIGITS_CORS_ORIGINS"):
        ServiceConfig.from_environ({"DIGITS_CORS_ORIGINS": text})


def test_addresses_of_every_kind_are_origins() -> None:
    text = "http://127.0.0.1:8080,https://[2001:db8::1]:8443,http://localhost"
    assert len(Origins.parse(text).allowed) == 3
