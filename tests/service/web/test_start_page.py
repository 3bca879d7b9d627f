"""The start page: what it says with and without a model, and that its parts load."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from model_store import Model, ModelStore
from service.web.services import Services
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


def test_without_a_model_the_page_says_so_and_takes_no_picture(
    bare_client: FlaskClient,
) -> None:
    page = _page(bare_client)
    assert "No model yet" in page.text
    assert page.all("form") == page.all("input") == []


def test_form_posts_one_picture_where_it_is_read(
    client: FlaskClient, picture: bytes
) -> None:
    page = _page(client)
    (form,), (field,) = page.all("form"), page.all("input")
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    assert (field["name"], field["type"]) == ("image", "file")
    assert field["id"] in {label["for"] for label in page.all("label")}
    assert form["action"] == "/predict"


def test_script_and_style_of_the_page_load(client: FlaskClient) -> None:
    page = _page(client)
    scripts = [script["src"] for script in page.all("script")]
    styles = [li["href"] for li in page.all("link") if li["rel"] == "stylesheet"]
    kinds = {}
    for address in (*scripts, *styles):
        assert address is not None
        with client.get(address) as answer:
            assert answer.status_code == 200
            kinds[answer.mimetype] = len(answer.data)
    assert set(kinds) == {"text/javascript", "text/css"}
    assert all(kinds.values())


def test_every_element_that_the_script_asks_for_is_on_the_page(
    client: FlaskClient,
) -> None:
    page = _page(client)
    ids = page.ids()
    (script,) = page.all("script")
    with client.get(str(script["src"])) as answer:
        asked = set(re.findall(r'byId\("(\w+)"\)', answer.get_data(as_text=True)))
    assert asked
    assert asked <= ids


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
