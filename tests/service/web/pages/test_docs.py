"""/docs shows all of the interface to people."""

import re
import shlex
from collections.abc import Callable

from flask.testing import FlaskClient

from model_store import Model
from tests.support.openapi import Document, address, operations, target
from tests.support.pages import Page


def _page(client: FlaskClient) -> Page:
    answer = client.get("/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return Page(answer.text)


def test_page_shows_every_operation_and_answer(
    bare_client: FlaskClient, document: Document
) -> None:
    page = _page(bare_client)
    ids = page.ids()
    for path, method, operation in operations(document):
        assert operation["operationId"] in ids
        assert f"{method} {path}" in page.text
        for response in operation["responses"].values():
            assert target(document, response)["description"] in page.text


def test_links_of_the_page_lead_somewhere(client: FlaskClient, model: Model) -> None:
    page = _page(client)
    links = page.links()
    assert len(links) > 10
    for link in links:
        if link.startswith("#"):
            assert link[1:] in page.ids()
        else:
            with client.get(link) as answer:
                assert answer.status_code == 200, link


def test_page_has_no_inline_script_and_no_inline_style(
    bare_client: FlaskClient,
) -> None:
    page = _page(bare_client)
    assert [script.get("src") is None for script in page.all("script")] == [False]
    assert page.all("style") == []
    for name, attributes in page.elements:
        assert "style" not in attributes, name
        assert not any(attribute.startswith("on") for attribute in attributes), name


def test_every_operation_has_a_call_to_paste(
    bare_client: FlaskClient, document: Document
) -> None:
    page = _page(bare_client)
    for path, method, operation in operations(document):
        assert operation["x-curl"] in page.text
        program, *arguments = shlex.split(operation["x-curl"])
        assert program == "curl"
        pattern = re.sub(r"\\{\w+\\}", "[0-9a-z.]+", re.escape(path))
        assert re.fullmatch(pattern, address(operation).partition("?")[0])
        posts = {"-F", "-d", "--data-binary", "POST"} & set(arguments)
        assert bool(posts) == (method != "GET")


def test_calls_have_the_key_where_keys_are_set(
    client_with: Callable[..., FlaskClient],
) -> None:
    keyed, open_ = client_with(DIGITS_API_KEYS="a-key"), client_with()
    with_key = 'curl -H "Authorization: Bearer $KEY" -F image=@digit.png'
    assert with_key in Page(keyed.get("/docs").text).text
    assert with_key not in Page(open_.get("/docs").text).text


def test_what_can_be_tried_has_an_address_under_the_proxy(
    client_with: Callable[..., FlaskClient],
) -> None:
    client = client_with(DIGITS_TRUSTED_PROXIES="10.0.0.1")
    headers = {"X-Forwarded-Prefix": "/digits/"}
    answer = client.get(
        "/docs", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}
    )
    tried = [
        field["value"] for field in Page(answer.text).all("input") if "value" in field
    ]
    assert "/digits/predict" in tried
    assert all(str(one).startswith("/digits/") for one in tried)
