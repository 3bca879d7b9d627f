"""Corrections over HTTP: sent, repeated, refused, taken back, and never in the way."""

import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from feedback.corrections.tokens import Tokens
from feedback.corrections.usage import usage
from feedback.database import Database
from model_store import ModelStore
from service.web.services import Services
from tests.support import digits

TOKEN = {"Authorization": "Bearer mellon"}
Fields = dict[str, Any]


def ask(client: FlaskClient, picture: bytes) -> dict[str, Any]:
    answer = client.post("/predict", data=picture, content_type="image/png")
    document: dict[str, Any] = answer.get_json()
    return document


def form(picture: bytes | None, **fields: object) -> Fields:
    given = {name: str(text) for name, text in fields.items() if text is not None}
    files = {"image": (io.BytesIO(picture), "digit.png")} if picture else {}
    return {**given, **files}


def send(
    client: FlaskClient, picture: bytes, label: object = 3, **changes: Any
) -> TestResponse:
    """A correction of the answer to the picture."""
    token = changes.pop("token", None) or ask(client, picture)["feedback"]["token"]
    data = form(picture, label=label, token=token)
    return client.post("/feedback", data=data, **changes)


def assert_problem(answer: TestResponse, status: int, title: str) -> None:
    assert answer.mimetype == "application/problem+json"
    told = answer.get_json()
    assert (answer.status_code, told["title"]) == (status, title)
    assert "sqlite" not in told["detail"]


def test_correction_is_stored_and_waits_for_a_person(
    client: FlaskClient, picture: bytes, grown: Callable[..., float]
) -> None:
    said = ask(client, picture)
    answer = send(client, picture, token=said["feedback"]["token"])
    assert answer.status_code == 201
    assert answer.get_json() == {
        "id": 1,
        "label": 3,
        "predicted": said["label"],
        "model": said["model"],
        "state": "pending",
    }
    assert grown("digits_corrections_total", state="pending") == 1
    scrape = client.get("/metrics").text
    assert "digits_corrections_pending 1.0" in scrape
    assert "digits_corrections_oldest_pending_seconds" in scrape


def test_predictions_are_noted_with_a_correction(
    client: FlaskClient, picture: bytes, tmp_path: Path
) -> None:
    send(client, picture)
    scrape = client.get("/metrics").text
    counted = re.findall(
        r'^digits_predictions_total\{.*version="1"\} (.+)$', scrape, re.M
    )
    with Database.at(None, tmp_path / "state").reading() as connection:
        predictions = usage(connection, 9)[1].predictions
    assert predictions == sum(map(float, counted)) > 0


def test_repeat_has_the_same_id_and_counts_once(
    client: FlaskClient, picture: bytes, grown: Callable[..., float]
) -> None:
    first = send(client, picture)
    again = send(client, picture)  # with another token of the same pixels
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert grown("digits_corrections_total", state="pending") == 1


def test_last_label_for_the_same_picture_counts(
    admin: FlaskClient, picture: bytes
) -> None:
    send(admin, picture, 3)
    assert send(admin, picture, "none").get_json()["state"] == "pending"
    listed = admin.get("/feedback?state=withdrawn", headers=TOKEN).get_json()
    assert [c["label"] for c in listed["corrections"]] == [3]


@pytest.mark.parametrize("label", ["", "10", "-1", "seven", "³", "3.0", "None"])
def test_other_labels_are_400(client: FlaskClient, picture: bytes, label: str) -> None:
    assert_problem(send(client, picture, label), 400, "Bad request")


@pytest.mark.parametrize("missing", ["label", "token"])
def test_missing_field_is_400(
    client: FlaskClient, picture: bytes, missing: str
) -> None:
    fields = {"label": "3", "token": "x", missing: None}
    answer = client.post("/feedback", data=form(picture, **fields))
    assert_problem(answer, 400, "Bad request")
    assert missing in answer.get_json()["detail"]


def test_form_without_a_picture_is_400(client: FlaskClient, picture: bytes) -> None:
    token = ask(client, picture)["feedback"]["token"]
    fields = {
        "label": (io.BytesIO(b"3"), ""),
        "token": (io.BytesIO(token.encode()), ""),
    }
    answer = client.post("/feedback", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff" * 100])
@pytest.mark.parametrize(
    "kind",
    ["", "application/json", "image/png", "multipart/form-data", "a/b; boundary=c"],
)
def test_what_is_no_form_is_400(client: FlaskClient, body: bytes, kind: str) -> None:
    answer = client.post("/feedback", data=body, content_type=kind)
    assert answer.status_code == 400


def test_token_of_another_picture_is_refused(
    client: FlaskClient, picture: bytes
) -> None:
    token = ask(client, digits.picture(8))["feedback"]["token"]
    assert_problem(send(client, picture, token=token), 403, "Bad token")


@pytest.mark.parametrize("token", ["x", "A" * 36, "\u00e9"])
def test_invented_token_is_refused(
    client: FlaskClient, picture: bytes, token: str
) -> None:
    assert_problem(send(client, picture, token=token), 403, "Bad token")


def test_old_token_is_refused(
    client: FlaskClient, services: Services, picture: bytes
) -> None:
    tokens = services.token_key.tokens
    assert tokens
    old = Tokens(tokens.key).issue(bytes(784), 3, 1, 0.5, now=1_000_000)
    assert_problem(send(client, picture, token=old), 403, "Bad token")


def test_version_that_is_gone_is_replaced_by_the_served_one(
    client: FlaskClient, store: ModelStore, publish: Callable[..., Any], picture: bytes
) -> None:
    token = ask(client, picture)["feedback"]["token"]
    store.path(1).unlink()
    assert send(client, picture, token=token).status_code == 201


def test_picture_that_shows_nothing_is_422(client: FlaskClient, picture: bytes) -> None:
    token = ask(client, picture)["feedback"]["token"]
    answer = send(client, digits.png(Image.new("L", (40, 40), 255)), token=token)
    assert_problem(answer, 422, "No digit")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://a.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://shop.example"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "http://localhost"}, 201),
        ({}, 201),
    ],
)
def test_pages_of_other_sites_are_refused(
    client_with: Callable[..., FlaskClient],
    picture: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    client = client_with(DIGITS_CORS_ORIGINS="https://shop.example")
    assert send(client, picture, headers=headers).status_code == status


def test_sender_takes_a_correction_back(client: FlaskClient, picture: bytes) -> None:
    token = ask(client, picture)["feedback"]["token"]
    number = send(client, picture, token=token).get_json()["id"]
    for _ in range(2):
        answer = client.delete(f"/feedback/{number}", query_string={"token": token})
        assert answer.status_code == 200
        assert answer.get_json()["state"] == "withdrawn"
        assert answer.get_json()["learnt_by"] == []


@pytest.mark.parametrize("way", ["data", "json"])
def test_token_may_be_in_the_body(
    client: FlaskClient, picture: bytes, way: str
) -> None:
    token = ask(client, picture)["feedback"]["token"]
    number = send(client, picture, token=token).get_json()["id"]
    answer = client.delete(f"/feedback/{number}", **{way: {"token": token}})
    assert answer.status_code == 200


def test_nobody_takes_back_what_is_not_theirs(
    client: FlaskClient, picture: bytes
) -> None:
    number = send(client, picture).get_json()["id"]
    other = ask(client, digits.picture(8))["feedback"]["token"]
    for token in (other, "", "x"):
        answer = client.delete(f"/feedback/{number}", query_string={"token": token})
        assert_problem(answer, 403, "Bad token")
    gone = client.delete("/feedback/99", query_string={"token": other})
    assert_problem(gone, 404, "Not found")


def test_off_means_no_tokens_and_no_corrections(
    client_with: Callable[..., FlaskClient], picture: bytes, tmp_path: Path
) -> None:
    client = client_with(DIGITS_FEEDBACK="off", DIGITS_ADMIN_TOKEN="mellon")
    assert "feedback" not in ask(client, picture)
    for answer in (
        client.post("/feedback", data=form(picture, label=3, token="x")),
        client.delete("/feedback/1"),
        client.get("/feedback", headers=TOKEN),
        client.post("/feedback/1/accept", headers=TOKEN),
    ):
        assert_problem(answer, 403, "Corrections are off")
    assert "corrections_pending" not in client.get("/metrics").text
    assert not (tmp_path / "state").exists()


def test_batch_gives_each_picture_its_token(
    client: FlaskClient, picture: bytes
) -> None:
    parts = [(io.BytesIO(picture), "a.png"), (io.BytesIO(b"no picture"), "b.png")]
    answer = client.post("/predict/batch", data={"image": parts}).get_json()
    good, bad = answer["predictions"]
    assert "feedback" not in bad
    token = good["feedback"]["token"]
    assert send(client, picture, token=token).status_code == 201


def test_no_prediction_writes_to_the_database(
    client: FlaskClient, picture: bytes, tmp_path: Path
) -> None:
    ask(client, picture)
    assert "digits_corrections_pending 0.0" in client.get("/metrics").text
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["feedback.key"]


def test_state_that_cannot_be_written_stops_corrections_only(
    client_with: Callable[..., FlaskClient], picture: bytes, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file where a directory belongs")
    client = client_with()
    assert "feedback" not in ask(client, picture)
    answer = client.post("/feedback", data=form(picture, label=3, token="A" * 36))
    assert_problem(answer, 503, "Database unavailable")


def test_tables_of_another_release_stop_corrections_only(
    client: FlaskClient, picture: bytes, tmp_path: Path
) -> None:
    send(client, picture)
    with (
        closing(sqlite3.connect(tmp_path / "state" / "digits.db")) as connection,
        connection,
    ):
        connection.execute("UPDATE digits_schema SET version_num = '0000'")
    answer = send(client, picture)
    assert_problem(answer, 503, "Database unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert ask(client, picture)["feedback"]
    assert "corrections_pending" not in client.get("/metrics").text


def test_database_that_is_away_stops_corrections_only(
    client_with: Callable[..., FlaskClient], picture: bytes
) -> None:
    url = "postgresql://digits:secret@127.0.0.1:1/name"
    client = client_with(DIGITS_DATABASE_URL=url)
    assert_problem(send(client, picture), 503, "Database unavailable")
    assert ask(client, picture)["feedback"]


def test_key_that_asks_is_the_client(
    client_with: Callable[..., FlaskClient], picture: bytes
) -> None:
    client = client_with(DIGITS_API_KEYS="one,two")

    def number(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        said = client.post(
            "/predict", data=picture, content_type="image/png", headers=headers
        ).get_json()
        token = said["feedback"]["token"]
        answer = send(client, picture, token=token, headers=headers)
        found: int = answer.get_json()["id"]
        return found

    assert number("one") == number("one") != number("two")
    answer = client.post("/feedback", data=form(picture, label=3, token="x"))
    assert answer.status_code == 401
