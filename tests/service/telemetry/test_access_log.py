"""Each answer names its request, by the client's own id where that is sane."""

import re

import pytest
from flask.testing import FlaskClient

HEADER = "X-Request-ID"


@pytest.mark.parametrize(
    "given",
    [
        "a",
        "7f3c2e1d-9b1a-4c1e-8f7e-2a4b6c8d0e1f",
        "Root=1-67891233-abcdef012345678912345678",
        "edge/17:42+x_y.z~@host",
        "x" * 128,
    ],
)
def test_sane_id_is_echoed(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={HEADER: given})
    assert answer.headers.getlist(HEADER) == [given]


@pytest.mark.parametrize(
    "given",
    ["", " ", "x" * 129, 'a"b', "a b", "a\\b", "a,b", "<b>", "a;b", "$(id)", "\u00e9"],
)
def test_id_that_is_not_sane_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={HEADER: given})
    (made,) = answer.headers.getlist(HEADER)
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_made_ids_differ(client: FlaskClient) -> None:
    ids = {client.get("/healthz").headers[HEADER] for _ in range(50)}
    assert len(ids) == 50


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/path", 404),
        ("DELETE", "/predict", 405),
        ("POST", "/predict", 400),
        ("GET", "/models/7", 404),
    ],
)
def test_error_carries_the_id_of_its_request(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method, headers={HEADER: "abc-1"})
    assert answer.status_code == status
    assert answer.headers[HEADER] == "abc-1"


def test_prediction_carries_the_id_of_its_request(
    client: FlaskClient, picture: bytes
) -> None:
    answer = client.post(
        "/predict", data=picture, content_type="image/png", headers={HEADER: "abc-2"}
    )
    assert answer.status_code == 200
    assert answer.headers[HEADER] == "abc-2"
