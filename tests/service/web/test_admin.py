"""Pinning a version over HTTP: with the token only, and at once in this worker."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model_store import Model, ModelStore

Publish = Callable[..., Model]
CALLS = ["/models/1/pin", "/models/unpin"]
TOKEN = {"Authorization": "Bearer mellon"}


@pytest.fixture
def admin(
    client_with: Callable[..., FlaskClient], store: ModelStore, publish: Publish
) -> FlaskClient:
    """A client of a service with an admin token; version 2 of two is served."""
    publish(store, 5)
    return client_with(DIGITS_ADMIN_TOKEN="mellon", DIGITS_RELOAD_SECONDS="2")


def _assert_problem(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    detail = answer.get_json()["detail"]
    assert detail
    assert not re.search("/(?!docs)", detail)  # nobody is told where the store is


@pytest.mark.parametrize("path", CALLS)
def test_without_the_setting_admin_calls_are_off(
    client: FlaskClient, path: str
) -> None:
    _assert_problem(client.post(path, headers=TOKEN), 403)


@pytest.mark.parametrize("path", [*CALLS, "/models/9/pin"])
@pytest.mark.parametrize("given", [None, "Bearer friend", "mellon", "Basic mellon"])
def test_without_the_token_nothing_is_pinned(
    admin: FlaskClient, store: ModelStore, path: str, given: str | None
) -> None:
    answer = admin.post(path, headers={"Authorization": given} if given else {})
    _assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert store.pinned() is None


def test_pin_and_unpin_are_followed_by_the_very_next_answer(
    admin: FlaskClient, store: ModelStore, picture: bytes
) -> None:
    def answering() -> int:
        answer = admin.post("/predict", data=picture, content_type="image/png")
        version: int = answer.get_json()["model"]["version"]
        return version

    assert answering() == 2
    expected = {"pinned": 1, "served": 1, "everywhere_within_seconds": 2.0}
    for _ in range(2):
        assert admin.post("/models/1/pin", headers=TOKEN).get_json() == expected
        assert (answering(), store.pinned()) == (1, 1)
    for _ in range(2):
        answer = admin.post("/models/unpin", headers=TOKEN).get_json()
        assert (answer["pinned"], answer["served"]) == (None, 2)
        assert (answering(), store.pinned()) == (2, None)


@pytest.mark.parametrize("version", ["9", "0", "-1", "one", "9999999999"])
def test_unknown_version_is_404(
    admin: FlaskClient, store: ModelStore, version: str
) -> None:
    _assert_problem(admin.post(f"/models/{version}/pin", headers=TOKEN), 404)
    assert store.pinned() is None


def test_broken_version_is_422(admin: FlaskClient, store: ModelStore) -> None:
    store.path(3).write_bytes(b"broken")
    answer = admin.post("/models/3/pin", headers=TOKEN)
    _assert_problem(answer, 422)
    assert "not a complete .npz" in answer.get_json()["detail"]
    assert store.pinned() is None


def test_state_that_cannot_be_written_is_503_and_prediction_goes_on(
    admin: FlaskClient, picture: bytes, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "state").write_text("a file where a directory belongs")
    for path in CALLS:
        answer = admin.post(path, headers=TOKEN)
        _assert_problem(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    answer = admin.post("/predict", data=picture, content_type="image/png")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", CALLS)
def test_get_pins_nothing(admin: FlaskClient, path: str) -> None:
    assert admin.get(path, headers=TOKEN).status_code == 405
