"""The page to review corrections on, as a reviewer uses it: by keys."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import TOKEN, OpenPage
from tests.support import digits
from tests.support.installation import Service

ADMIN = {"Authorization": f"Bearer {TOKEN}"}


def correct(site: Service, digit: int, label: object) -> None:
    """Ask for a digit, and say that it is another."""
    picture = digits.picture(digit)
    token = site.predict(picture).json()["feedback"]["token"]
    answer = requests.post(
        f"{site.url}/feedback",
        files={"image": ("digit.png", picture)},
        data={"label": label, "token": token},
        timeout=30,
    )
    assert answer.status_code == 201


def states(site: Service) -> dict[int, tuple[str, object]]:
    """The state and the label of each correction."""
    found: dict[int, tuple[str, object]] = {}
    for state in ("pending", "quarantined", "accepted", "rejected"):
        answer = requests.get(
            f"{site.url}/feedback?state={state}", headers=ADMIN, timeout=30
        )
        for correction in answer.json()["corrections"]:
            found[correction["id"]] = (state, correction["label"])
    return found


@pytest.fixture
def page(open_page: OpenPage, quiet_site: Service) -> Page:
    """The page with three corrections, the first one chosen."""
    for digit, label in ((1, 1), (3, 3), (8, "none")):
        correct(quiet_site, digit, label)
    page = open_page("/corrections", base_url=quiet_site.url)
    page.locator("#token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.locator(".pictures li")).to_have_count(3)
    return page


def test_keys_accept_relabel_and_reject(page: Page, quiet_site: Service) -> None:
    items = page.locator(".pictures li")
    chosen = page.locator(".pictures li:focus")
    decided = {}
    for left, (key, expected) in enumerate(
        (("4", ("accepted", 4)), ("n", ("accepted", "none")), ("x", ("rejected", None)))
    ):
        expect(items).to_have_count(3 - left)
        if not chosen.count():  # the first list is empty: go on in the second
            items.first.focus()
        decided[int(chosen.get_attribute("data-id") or 0)] = expected
        page.keyboard.press(key)
        expect(page.locator("#state")).to_contain_text(expected[0])
    expect(items).to_have_count(0)
    found = states(quiet_site)
    for number, (state, label) in decided.items():
        assert found[number][0] == state
        assert label is None or found[number][1] == label


def test_wrong_token_is_told(open_page: OpenPage) -> None:
    page = open_page("/corrections", told="401")
    page.locator("#token").fill("friend")
    page.get_by_role("button", name=re.compile("Show")).click()
    expect(page.locator("#fault")).to_contain_text("No valid key")
