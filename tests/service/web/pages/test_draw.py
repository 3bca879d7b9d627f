"""The start page: what it says with and without a model, and that its parts load."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model_store import Model, ModelStore
from service.web.services import Services
from tests.support.environment import ROOT
from tests.support.pages import Page

Publish = Callable[..., Model]
FACTS = {
    "metrics": {"test_accuracy": 0.9765},
    "energy": {"joules": 2763.4, "source": "rapl"},
}


def _page(client: FlaskClient) -> Page:
    answer = client.get("/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return Page(answer.text)


@pytest.fixture
def serve(
    store: ModelStore, services: Services, publish: Publish
) -> Callable[[dict[str, object]], None]:
    def serve(facts: dict[str, object]) -> None:
        publish(store, **facts)
        services.models.refresh()

    return serve


def test_without_a_model_the_page_is_there_to_wait(bare_client: FlaskClient) -> None:
    page = _page(bare_client)
    (main,) = page.all("main")
    assert main["data-model"] == ""
    assert "pad" in page.ids()


# What is driven from outside: programs know the page by these.
IDS = {"pad", "undo", "redo", "clear", "pen", "file", "label", "sentence", "outputs",
       "seen", "why", "warnings", "detail", "fault", "correct", "correct-state",
       "key"}  # fmt: skip


def test_elements_that_programs_know_are_on_the_page(client: FlaskClient) -> None:
    page = _page(client)
    assert page.ids() >= IDS
    rows = [row["data-digit"] for row in page.all("li") if "data-digit" in row]
    assert rows == [str(digit) for digit in range(10)]
    right = [b["data-right"] for b in page.all("button") if "data-right" in b]
    assert right == [*map(str, range(10)), "none"]


def test_form_posts_one_picture_to_the_page_itself(client: FlaskClient) -> None:
    page = _page(client)
    (form,) = (form for form in page.all("form") if "action" in form)
    (field,) = (field for field in page.all("input") if field.get("name"))
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    assert (field["name"], field["type"]) == ("image", "file")
    assert field["id"] in {label.get("for") for label in page.all("label")}
    assert form["action"] == "/?preview=1&explain=1"


def _upload(client: FlaskClient, content: bytes) -> TestResponse:
    form = {"image": (io.BytesIO(content), "digit.png")}
    return client.post("/?preview=1&explain=1", data=form)


def test_upload_is_answered_with_the_page(client: FlaskClient, picture: bytes) -> None:
    answer = _upload(client, picture)
    expected = client.post("/predict", data=picture).get_json()
    assert answer.status_code == 200
    page = Page(answer.text)
    values = [row["data-value"] for row in page.all("li") if "data-value" in row]
    assert [float(value or "") for value in values] == expected["outputs"]
    pictures = [(image.get("src") or "")[:22] for image in page.all("img")]
    assert pictures.count("data:image/png;base64,") == 2


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 400, "No image"),
        (b"text", 422, "Damaged picture"),
        (b"\0\0\0\x18ftypheic" + bytes(99), 415, "Unknown format"),
    ],
)
def test_upload_that_is_refused_is_told_on_the_page(
    client: FlaskClient, content: bytes, status: int, said: str
) -> None:
    answer = _upload(client, content)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert said in Page(answer.text).text
    assert "pad" in Page(answer.text).ids()


def test_upload_needs_the_key_and_counts_once(
    client_with: Callable[..., FlaskClient], picture: bytes
) -> None:
    refused = _upload(client_with(DIGITS_API_KEYS="a-key"), picture)
    assert (refused.status_code, refused.mimetype) == (401, "text/html")
    assert "WWW-Authenticate" in refused.headers
    limited = client_with(DIGITS_RATE_LIMIT="2/hour")
    statuses = [_upload(limited, picture).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def _scripts(client: FlaskClient) -> dict[str, str]:
    """The page's script and all that it imports, by their names."""
    (script,) = _page(client).all("script")
    folder, _, first = (script["src"] or "").rpartition("/")
    texts: dict[str, str] = {}
    waiting = [first]
    while waiting:
        name = waiting.pop()
        with client.get(f"{folder}/{name}") as answer:
            assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
            texts[name] = answer.get_data(as_text=True)
        found = re.findall(r'^import .* from "\./(.+)";$', texts[name], re.M)
        waiting += [name for name in found if name not in texts]
    return texts


def test_every_script_is_loaded_and_finds_its_elements(client: FlaskClient) -> None:
    scripts = _scripts(client)
    folder = ROOT / "service" / "web" / "pages" / "static" / "draw"
    assert scripts.keys() == {path.name for path in folder.iterdir()}
    asked = set(re.findall(r'byId\("([\w-]+)"\)', "".join(scripts.values())))
    assert asked
    assert asked <= _page(client).ids()


def test_page_with_all_its_parts_is_small(client: FlaskClient) -> None:
    answer = client.get("/")
    size = len(answer.data) + sum(map(len, _scripts(client).values()))
    for link in Page(answer.text).all("link"):
        if link["rel"] == "stylesheet":
            with client.get(str(link["href"])) as style:
                size += len(style.data)
    assert size < 100_000


def test_page_says_what_is_served(
    client: FlaskClient, serve: Callable[[dict[str, object]], None]
) -> None:
    serve(FACTS)
    text = " ".join(_page(client).text.split())
    assert "Version 2, 784-16-10 nodes, 97.65 % of its test digits right" in text
    assert "trained with 2763 J (rapl)" in text
    assert "embedded set" not in text


def test_page_says_when_the_model_learnt_from_the_embedded_set(
    client: FlaskClient, serve: Callable[[dict[str, object]], None]
) -> None:
    serve({"data": {"source": "embedded"}})
    text = _page(client).text
    assert "embedded set" in text
    assert "make train" in text


def test_page_leaves_out_what_the_card_does_not_know(
    client: FlaskClient, serve: Callable[[dict[str, object]], None]
) -> None:
    serve({})
    text = " ".join(_page(client).text.split())
    assert "784-16-10 nodes." in text
    assert "None" not in text


def test_links_of_the_page_lead_somewhere(client: FlaskClient) -> None:
    for link in _page(client).all("a"):
        assert link["href"] is not None
        assert client.get(link["href"]).status_code == 200


def test_page_does_not_repeat_markup_of_a_card(
    client: FlaskClient, serve: Callable[[dict[str, object]], None]
) -> None:
    serve({"energy": {"joules": 1.0, "source": "<script>alert(1)</script>"}})
    assert "<script>alert" not in client.get("/").text
