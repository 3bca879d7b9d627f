"""The page to review corrections on: a shell, until somebody gives the token."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.support.pages import Page


def page(client: FlaskClient) -> Page:
    answer = client.get("/corrections")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return Page(answer.text)


def test_page_asks_for_the_token_and_names_its_keys(admin: FlaskClient) -> None:
    shown = page(admin)
    assert {"token", "review", "pending", "quarantined", "fault"} <= set(shown.ids())
    assert "accept as that digit" in shown.text


def test_page_has_nothing_that_its_policy_forbids(admin: FlaskClient) -> None:
    for name, attributes in page(admin).elements:
        assert "style" not in attributes, name
        assert not any(attribute.startswith("on") for attribute in attributes), name
        assert name != "script" or attributes["src"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "DIGITS_ADMIN_TOKEN"),
        ({"DIGITS_FEEDBACK": "off", "DIGITS_ADMIN_TOKEN": "x"}, "DIGITS_FEEDBACK=off"),
    ],
)
def test_page_that_can_show_nothing_says_why(
    client_with: Callable[..., FlaskClient], settings: dict[str, str], reason: str
) -> None:
    shown = page(client_with(**settings))
    assert reason in shown.text
    assert "token" not in shown.ids()


def test_scripts_and_styles_of_the_page_are_served(admin: FlaskClient) -> None:
    names = [link for link in page(admin).links() if "/static/" in link]
    assert any("corrections" in name for name in names)
    for name in names:
        with admin.get(name) as answer:
            assert answer.status_code == 200


def test_every_page_leads_to_it_where_somebody_may_review(
    admin: FlaskClient, client_with: Callable[..., FlaskClient]
) -> None:
    for path in ("/", "/versions", "/docs", "/corrections"):
        assert "/corrections" in Page(admin.get(path).text).links()
        plain = client_with().get(path)
        assert plain.status_code == 200
        assert "/corrections" not in Page(plain.text).links()
