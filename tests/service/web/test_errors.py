"""How errors are answered: RFC 9457, the right status, and never a 5xx by input."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model_store import ModelStore
from service.web.problems import ProblemType
from service.web.services import Services
from tests.support.stores import file_of, root_of


def _assert_problem(answer: TestResponse, problem_type: ProblemType) -> str:
    """Hold an answer against RFC 9457 and its kind; its detail."""
    document = answer.get_json()
    assert answer.status_code == problem_type.status
    assert answer.mimetype == "application/problem+json"
    assert document == problem_type.to_dict(document["detail"])
    detail: str = document["detail"]
    assert detail.strip()
    return detail


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/predict", {"POST", "OPTIONS"}),
        ("/predict?preview=1", {"POST", "OPTIONS"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "BREW"])
def test_wrong_method_is_told_the_right_ones(
    client: FlaskClient, path: str, allowed: set[str], method: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    if method != "HEAD":
        _assert_problem(answer, ProblemType.METHOD_NOT_ALLOWED)


@pytest.mark.parametrize(
    "path",
    [
        "/no/such/path",
        "/predict/",
        "/predict//batch",
        "/static//page.css",
        "/static/page.css",
        "/models/",
        "/models/0",
        "/models/2",
        "/models/-1",
        "/models/1.0",
        "/models/one",
        "/models/%00",
        "/models/99999999999999999999",
        "/models/1/../2",
        "/models/../../etc/passwd",
        "/models/..%2f..%2fetc%2fpasswd",
        "/static/x/../../app.py",
        "/static/x/..%2fassets.py",
        "/static/x/%00",
        "/static/x/" + "a" * 3000,
        "/%ff%fe%zz",
        "/" + "a" * 3000,
    ],
)
def test_unknown_path_is_a_problem(client: FlaskClient, path: str) -> None:
    is_version = path in {"/models/0", "/models/2"}
    problem_type = ProblemType.NO_SUCH_VERSION if is_version else ProblemType.NOT_FOUND
    _assert_problem(client.get(path), problem_type)


def test_more_slashes_within_a_path_are_no_redirect(client: FlaskClient) -> None:
    _assert_problem(client.post("/predict//batch"), ProblemType.NOT_FOUND)
    answer = client.post("/v2/models//digits/infer")
    assert (answer.status_code, set(answer.get_json())) == (404, {"error"})


def test_broken_version_is_shown_as_a_problem_that_says_what_is_wrong(
    client: FlaskClient, store: ModelStore
) -> None:
    file_of(store, 2).write_bytes(b"broken")
    detail = _assert_problem(client.get("/models/2"), ProblemType.NO_SUCH_VERSION)
    assert "not a complete .npz" in detail
    assert str(root_of(store)) not in detail


@pytest.mark.parametrize(
    "method",
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "B\u00c9"],
)
def test_no_method_gives_a_server_error(client: FlaskClient, method: str) -> None:
    paths = (
        "/", "/predict", "/predict/batch", "/healthz", "/readyz", "/models",
        "/models/1", "/metrics", "/v2", "/v2/models/digits", "/v2/models/digits/infer",
    )  # fmt: skip
    answers = {
        (path, len(body)): client.open(path, method=method, data=body).status_code
        for path in (*paths, "/no/such/path")
        for body in (b"", b"\xff\x00" * 500)
    }
    assert max(answers.values()) < 500, answers


@pytest.mark.parametrize(
    "host", ["", "a b", "<script>", "[::", "a:b:c", "a:99999999", "\u00ff"]
)
def test_odd_host_header_gives_no_server_error_and_no_markup(
    client: FlaskClient, host: str
) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code < 500
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/predict", "/readyz"])
def test_without_a_model_the_service_says_so_and_when_to_come_again(
    bare_client: FlaskClient,
    services: Services,
    tmp_path: Path,
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(2):
        services.models.refresh()
    answer = bare_client.open(path, method="POST" if path == "/predict" else "GET")
    detail = _assert_problem(answer, ProblemType.NO_MODEL)
    assert int(answer.headers["Retry-After"]) > 0
    assert "no version yet" in detail
    assert str(tmp_path) not in detail
    assert caplog.text.count(str(tmp_path / "models")) == 1


def test_readyz_says_that_every_version_is_broken(
    bare_client: FlaskClient,
    store: ModelStore,
    services: Services,
    publish: Callable[..., object],
) -> None:
    publish(store)
    for version in (1, 2):
        file_of(store, version).write_bytes(b"broken")
    services.models.refresh()
    detail = _assert_problem(bare_client.get("/readyz"), ProblemType.NO_MODEL)
    assert "no version in the model store may be served" in detail


def test_readyz_says_that_the_store_cannot_be_read(
    bare_client: FlaskClient, tmp_path: Path, services: Services
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "versions").write_text("a file where a directory belongs")
    services.models.refresh()
    detail = _assert_problem(bare_client.get("/readyz"), ProblemType.NO_MODEL)
    assert "Not a directory" in detail


def test_readyz_forgets_a_broken_version_that_is_gone(
    bare_client: FlaskClient,
    store: ModelStore,
    services: Services,
    publish: Callable[..., object],
) -> None:
    publish(store)
    file_of(store, 1).write_bytes(b"broken")
    services.models.refresh()
    file_of(store, 1).unlink()
    services.models.refresh()
    assert "no version yet" in bare_client.get("/readyz").get_json()["detail"]


@pytest.mark.usefixtures("fault_of_ours")
def test_fault_of_ours_is_logged_and_shows_nothing_of_itself(
    client: FlaskClient,
    picture: bytes,
    caplog: pytest.LogCaptureFixture,
    grown: Callable[..., float],
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.post("/predict", data=picture, content_type="image/png")
    detail = _assert_problem(answer, ProblemType.UNEXPECTED)
    assert "secret" not in detail
    assert "a secret" in caplog.text
    labels = {"method": "POST", "route": "/predict", "code": 500}
    assert grown("digits_http_requests_total", **labels) == 1


def test_store_that_cannot_be_used_is_503_and_prediction_goes_on(
    client: FlaskClient, store: ModelStore, picture: bytes, tmp_path: Path
) -> None:
    versions = file_of(store, 1).parent
    versions.rename(tmp_path / "away")
    versions.write_text("a file where a directory belongs")
    answer = client.get("/models")
    detail = _assert_problem(answer, ProblemType.STORE_UNAVAILABLE)
    assert int(answer.headers["Retry-After"]) > 0
    assert str(tmp_path) not in detail
    answer = client.post("/predict", data=picture, content_type="image/png")
    assert answer.status_code == 200
