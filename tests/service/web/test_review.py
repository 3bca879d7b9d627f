"""Reviews over HTTP: only with the token, each decision kept, relabelling allowed."""

import base64
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.service.web.test_feedback import TOKEN, ask, send
from tests.support import digits


def listed(client: FlaskClient, state: str = "pending") -> list[dict[str, Any]]:
    answer = client.get(f"/feedback?state={state}", headers=TOKEN)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.get_json()["corrections"]
    return found


def reviews(directory: Path) -> list[tuple[Any, ...]]:
    with (
        closing(sqlite3.connect(directory / "state" / "digits.db")) as connection,
        connection,
    ):
        query = "SELECT correction, decision, label, reviewer FROM reviews ORDER BY id"
        return connection.execute(query).fetchall()


def test_reviewer_sees_the_picture_and_what_was_said(
    admin: FlaskClient, picture: bytes
) -> None:
    said = ask(admin, picture)
    send(admin, picture)
    [correction] = listed(admin)
    assert (correction["label"], correction["given"]) == (3, 3)
    assert correction["predicted"] == said["label"]
    assert correction["confidence"] == pytest.approx(said["confidence"], abs=1e-4)
    assert 0 <= correction["panel"] <= 1
    assert "client" not in correction
    png = base64.b64decode(correction["image"].partition(",")[2])
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (28, 28)
        assert np.asarray(image).max() == 255


def test_decisions_are_kept_with_who_decided(
    admin: FlaskClient, picture: bytes, tmp_path: Path, grown: Callable[..., float]
) -> None:
    number = send(admin, picture).get_json()["id"]
    accepted = admin.post(f"/feedback/{number}/accept", headers=TOKEN)
    assert (accepted.status_code, accepted.get_json()["state"]) == (200, "accepted")
    rejected = admin.post(f"/feedback/{number}/reject", headers=TOKEN)
    assert rejected.get_json()["state"] == "rejected"
    assert listed(admin) == []
    (one, two) = reviews(tmp_path)
    assert (one[:3], two[:3]) == ((1, "accepted", None), (1, "rejected", None))
    assert one[3].startswith("admin token ")
    assert "mellon" not in one[3]
    assert grown("digits_corrections_total", state="accepted") == 1


@pytest.mark.parametrize("way", ["json", "data", "query_string"])
def test_reviewer_may_know_better(
    admin: FlaskClient, picture: bytes, tmp_path: Path, way: str
) -> None:
    number = send(admin, picture).get_json()["id"]
    answer = admin.post(
        f"/feedback/{number}/accept", headers=TOKEN, **{way: {"label": 8}}
    )
    assert answer.get_json()["label"] == 8
    assert reviews(tmp_path)[0][2] == "8"
    [correction] = listed(admin, "accepted")
    assert (correction["label"], correction["given"]) == (8, 3)


def test_label_that_is_none_is_refused(admin: FlaskClient, picture: bytes) -> None:
    number = send(admin, picture).get_json()["id"]
    answer = admin.post(
        f"/feedback/{number}/accept", headers=TOKEN, json={"label": "ten"}
    )
    assert answer.status_code == 400
    assert listed(admin)


def test_what_was_taken_back_cannot_be_accepted(
    admin: FlaskClient, picture: bytes
) -> None:
    token = ask(admin, picture)["feedback"]["token"]
    number = send(admin, picture, token=token).get_json()["id"]
    admin.delete(f"/feedback/{number}", query_string={"token": token})
    answer = admin.post(f"/feedback/{number}/accept", headers=TOKEN)
    assert answer.status_code == 404
    [correction] = listed(admin, "withdrawn")
    assert correction["image"] is None


def test_list_is_as_long_as_it_is_asked_for(admin: FlaskClient) -> None:
    for digit in (1, 3, 8):
        send(admin, digits.picture(digit), 5)
    states = ("pending", "quarantined")
    found = [c for state in states for c in listed(admin, state)]
    assert len(found) == 3
    state = found[0]["state"]
    path = f"/feedback?state={state}&limit=1"
    short = admin.get(path, headers=TOKEN).get_json()
    assert len(short["corrections"]) == 1
    for limit in ("0", "-5", "many", "1001", "0000000019", "9" * 5000):
        refused = admin.get(f"/feedback?limit={limit}", headers=TOKEN)
        assert refused.status_code == 400
        assert limit[:20] in refused.get_json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/feedback"),
        ("POST", "/feedback/1/accept"),
        ("POST", "/feedback/1/reject"),
    ],
)
def test_without_the_token_nothing_is_shown_or_decided(
    client: FlaskClient, admin: FlaskClient, method: str, path: str
) -> None:
    assert admin.open(path, method=method).status_code == 401
    wrong = {"Authorization": "Bearer friend"}
    assert admin.open(path, method=method, headers=wrong).status_code == 401
    assert client.open(path, method=method, headers=TOKEN).status_code == 403


def test_unknown_correction_and_unknown_state_are_told(admin: FlaskClient) -> None:
    answer = admin.post("/feedback/9/accept", headers=TOKEN)
    assert answer.status_code == 404
    assert "9" in answer.get_json()["detail"]
    answer = admin.get("/feedback?state=new", headers=TOKEN)
    assert answer.status_code == 400
