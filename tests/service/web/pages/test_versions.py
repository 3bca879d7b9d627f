"""The pages about versions: what they say, also of metadata that says little."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from model_store import Author, Model, ModelStore
from tests.support.pages import Page
from tests.support.stores import file_of, root_of

Publish = Callable[..., Model]
TEST = {"file": "test.csv", "rows": 100, "sha256": "ab"}
KNOWN: dict[str, Any] = {
    "data": {"source": "mnist", "test": TEST},
    "metrics": {
        "test_accuracy": 0.9,
        "test_rows": 100,
        "confusion_matrix": (9 * np.eye(10, dtype=int) + np.eye(10, k=1, dtype=int))
        .tolist(),
        "cost_history": [90.0, 45.0, 30.0],
    },
    "energy": {"joules": 50.0, "source": "rapl", "seconds": 3.0},
    "training": {"epochs": 3, "seed": 1},
}  # fmt: skip


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (status, "text/html"), path
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    return " ".join(Page(answer.text.replace("<", " <")).text.split())


def states(client: FlaskClient) -> dict[str, set[str]]:
    """The words of each version."""
    rows = Page(client.get("/versions").text).all("tr")
    return {
        str(row["data-version"]): set((row["data-state"] or "").split())
        for row in rows
        if "data-version" in row
    }


def write_results(store: ModelStore, version: int, right: list[bool]) -> None:
    directory = root_of(store) / "reports" / f"{version:06d}"
    directory.mkdir(parents=True)
    pixels = base64.b64encode(bytes(range(256)) * 3 + bytes(16)).decode()
    mistakes = [
        {"row": row, "truth": 4, "read": 9, "confidence": 0.9999, "pixels": pixels}
        for row, is_right in enumerate(right)
        if not is_right
    ]
    document = {
        "test_rows": len(right),
        "right": base64.b64encode(np.packbits(right).tobytes()).decode(),
        "mistakes": mistakes[:1],
        "more_mistakes": mistakes[1:],
    }
    (directory / "results.json").write_text(json.dumps(document))


def test_words_say_what_each_version_is(
    client: FlaskClient, store: ModelStore, publish: Publish
) -> None:
    publish(store, **KNOWN)
    publish(store, **KNOWN)
    assert states(client) == {"1": set(), "2": set(), "3": {"served", "newest"}}
    store.pin(1, Author("anna", "trial"))
    assert states(client)["1"] == {"served", "pinned"}
    assert "Version 1 is pinned" in text_of(client, "/versions")
    store.withdrawals.add(3, Author("anna", "reads 7 as 1"))
    assert states(client)["3"] == {"newest", "withdrawn"}


def test_pin_is_in_the_log_with_who_and_why(
    client: FlaskClient, store: ModelStore
) -> None:
    store.pin(1, Author("anna", "trial"))
    store.unpin(Author("bert"))
    text = text_of(client, "/versions")
    assert "pin 1 version 1 anna trial" in text
    assert "unpin version 1 bert" in text


def test_users_and_hosts_are_named_to_whoever_has_the_token(
    admin: FlaskClient, store: ModelStore
) -> None:
    store.pin(1, Author("anna@desk", "trial"))
    bearer = {"Authorization": "Bearer mellon"}
    for path in ("/versions", "/models"):
        asked = [
            admin.get(path),
            admin.get(path, headers={"Authorization": "Bearer x"}),
        ]
        for answer in asked:
            assert "anna" not in answer.text
            assert "command line" in answer.text
        assert "anna@desk" in admin.get(path, headers=bearer).text


def test_pinned_version_that_is_gone_is_told(
    client: FlaskClient, store: ModelStore, publish: Publish
) -> None:
    publish(store)
    store.pin(2, Author("anna"))
    file_of(store, 2).unlink()
    text = text_of(client, "/versions")
    assert "Version 2 is pinned" in text
    assert "It cannot be served; version 1 answers" in text


def test_other_test_rows_are_another_table(
    client: FlaskClient, store: ModelStore, publish: Publish
) -> None:
    publish(store, **KNOWN)
    other = {"source": "mnist", "test": {**TEST, "file": "other.csv"}}
    publish(store, **(KNOWN | {"data": other}))
    page = Page(client.get("/versions").text)
    assert "Tested on 100 rows of test.csv" in page.text
    assert "Tested on 100 rows of other.csv" in page.text
    assert len(page.all("table")) == 4  # these two, the unknown one, the log


def test_page_without_a_version_says_so(bare_client: FlaskClient) -> None:
    assert "No version yet" in text_of(bare_client, "/versions")


def test_version_shows_its_card(
    client: FlaskClient, store: ModelStore, publish: Publish
) -> None:
    publish(store, **KNOWN)
    page = Page(client.get("/versions/2").text)
    text = text_of(client, "/versions/2")
    for part in (
        "90 of 100 right (82.56 to 94.48 %)",
        "100 rows of test.csv",
        "50 J (rapl)",
        "fell from 90 to 30 in 3 epochs",
        "seed 1",
    ):
        assert part in text, part
    cells = [cell.get("class") or "" for cell in page.all("td")]
    assert sum("same" in kind for kind in cells) == 10
    assert sum("more4" in kind for kind in cells) == 9


def test_worst_mistakes_are_pictures_with_what_was_read(
    client: FlaskClient, store: ModelStore
) -> None:
    write_results(store, 1, [True] * 5 + [False])
    page = Page(client.get("/versions/1").text)
    (picture,) = page.all("img")
    assert picture["alt"] == "a 4 that was read as 9"
    assert (picture["src"] or "").startswith("data:image/png;base64,")
    assert "more than 99.9 %" in page.text


def test_cell_of_the_confusion_matrix_leads_to_its_mistakes(
    client: FlaskClient, store: ModelStore, publish: Publish
) -> None:
    wrong = np.zeros((10, 10), int)
    wrong[4, 9], wrong[0, 1] = 3, 1
    metrics = {**KNOWN["metrics"], "confusion_matrix": wrong.tolist()}
    publish(store, **(KNOWN | {"metrics": metrics}))
    write_results(store, 2, [False, True, False])
    links = [link for link in Page(client.get("/versions/2").text).links()
             if "/mistakes/" in link]  # fmt: skip
    assert links == ["/versions/2/mistakes/0/1", "/versions/2/mistakes/4/9"]
    assert "kept no picture" in text_of(client, links[0])
    assert "4 for 9, of 100 rows of test.csv. The 2 of which" in text_of(
        client, links[1]
    )
    assert len(Page(client.get(links[1]).text).all("img")) == 2
    assert "no mistake" in text_of(client, "/versions/2/mistakes/4/4")


STRANGE: list[dict[str, Any]] = [
    {},
    {"metrics": {"cost_history": "long", "confusion_matrix": [[1]]}},
    {"metrics": {"cost_history": [0, -1], "confusion_matrix": [["a"] * 10] * 10}},
    {"metrics": {"cost_history": [], "test_accuracy": 7, "test_rows": 10}},
    {"metrics": {"cost_history": [5.0], "test_accuracy": "x"}},
    {"energy": {"joules": 5, "low_joules": "?"}, "data": {"test": "x"}},
    {"training": {"<script>": "<script>"}},
]


@pytest.mark.parametrize("facts", STRANGE)
def test_strange_metadata_is_shown_as_far_as_it_goes(
    client: FlaskClient, store: ModelStore, publish: Publish, facts: dict[str, Any]
) -> None:
    publish(store, **facts)
    for path in ("/versions", "/versions/2", "/versions/compare?a=1&b=2"):
        assert "unknown" in text_of(client, path)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"test_rows": 9, "right": "", "mistakes": []}',
             '{"test_rows": 1, "right": "gA==", "mistakes": [{"truth": 99}]}'],
)  # fmt: skip
def test_broken_results_are_unknown(
    client: FlaskClient, store: ModelStore, text: str
) -> None:
    write_results(store, 1, [True])
    (root_of(store) / "reports" / "000001" / "results.json").write_text(text)
    assert "left no results" in text_of(client, "/versions/1")


def test_comparison_counts_the_rows_that_only_one_reads_right(
    client: FlaskClient, store: ModelStore, publish: Publish
) -> None:
    publish(store, **KNOWN)
    publish(store, **(KNOWN | {"training": {"epochs": 3, "seed": 2}}))
    write_results(store, 2, [True, True, False, False])
    write_results(store, 3, [True, False, True, True])
    text = text_of(client, "/versions/compare?a=2&b=3")
    assert "only version 2 reads 1 right, only version 3 reads 2 right" in text
    assert "within chance" in text
    shown = Page(client.get("/versions/compare?a=2&b=3").text).all("img")
    assert len(shown) == 3
    assert "Only version 2 reads these right" in text
    assert "seed 1 2" in text
    assert "epochs" not in text


def test_versions_of_other_test_rows_are_not_ranked(
    client: FlaskClient, store: ModelStore, publish: Publish
) -> None:
    publish(store, **KNOWN)
    text = text_of(client, "/versions/compare?a=1&b=2")
    assert "tested on different rows" in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/versions/9", 404),
        ("/versions/9/mistakes/4/9", 404),
        ("/versions/compare", 400),
        ("/versions/compare?a=1", 400),
        ("/versions/compare?a=1&b=x", 400),
        ("/versions/compare?a=1&b=%D9%A1", 400),
        ("/versions/compare?a=1&b=99999999999999999999", 400),
        ("/versions/compare?a=1&b=9", 404),
    ],
)
def test_version_that_is_none_is_told_on_a_page(
    client: FlaskClient, path: str, status: int
) -> None:
    text_of(client, path, status)


def test_refused_models_are_listed_with_their_accuracy_and_why(
    client: FlaskClient, store: ModelStore, model: Model
) -> None:
    metrics = {"test_accuracy": 0.9, "test_rows": 100, "gate": "9 fewer than version 1"}
    card = replace(model.card, metrics=metrics)
    store.reject(model.network, card, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    for name in ("20260102T030406Z.npz", "notes.txt"):
        (root_of(store) / "rejected" / name).touch()
    text = text_of(client, "/versions")
    assert "20260102T030406Z refused unknown its file is broken" in text
    assert "refused 90 of 100 right (82.56 to 94.48 %) 9 fewer than version 1" in text
    assert "notes" not in text


@pytest.mark.usefixtures("report")
def test_report_is_given_out_under_a_policy_of_its_own(client: FlaskClient) -> None:
    answer = client.get("/reports/1/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "style-src 'sha256-" in policy
    assert "unsafe" not in policy
    picture = client.get("/reports/1/learning.png")
    assert (picture.data, picture.mimetype) == (b"\x89PNG", "image/png")
    assert "Its report" in client.get("/versions/1").text


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize(
    "name",
    ["secret.npz", ".hidden.png", "none.png", "..%2f..%2fmodels.json",
     "../../models.json", "%00.png", "..png", "learning.png/", "a" * 3000 + ".png"],
)  # fmt: skip
def test_nothing_but_the_files_of_a_report_is_given_out(
    client: FlaskClient, name: str
) -> None:
    assert client.get(f"/reports/1/{name}").status_code == 404
