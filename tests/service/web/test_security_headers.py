"""What every answer says to browsers and caches."""

import pytest
from flask.testing import FlaskClient

from tests.support.pages import Page

PATHS = ["/", "/healthz", "/readyz", "/metrics", "/models", "/models/9", "/none",
         "/static/old/page.css", "/predict"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path, headers={"Origin": "https://evil.example"}) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == (
        "no-cache" if path.startswith("/static") else "no-store"
    )
    assert not [name for name in headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
    assert "Python" not in headers.get("Server", "")


def test_file_of_a_page_is_kept_for_good_at_its_own_address(
    client: FlaskClient,
) -> None:
    for link in Page(client.get("/").text).all("link"):
        if link["rel"] == "stylesheet":
            with client.get(str(link["href"])) as answer:
                assert "immutable" in answer.headers["Cache-Control"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_prediction_is_stored_by_no_cache(client: FlaskClient, picture: bytes) -> None:
    answer = client.post("/predict", data=picture, content_type="image/png")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_page_may_load_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page.text
    assert "style=" not in page.text


def test_preflight_of_another_site_is_granted_nothing(client: FlaskClient) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    headers = client.options("/predict", headers=asked).headers
    assert not [name for name in headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
