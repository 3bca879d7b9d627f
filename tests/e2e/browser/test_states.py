"""What the page says when there is no answer; the drawing is kept in every case."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pad import SEVEN, Asked, Pad
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until

REFUSED = "the server responded with a status of"
KEY = "a-key-of-the-tests"


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page(told=REFUSED)


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory, installation: Installation
) -> Iterator[Service]:
    """A service that wants a key, and answers ten times a minute."""
    place = Installation(tmp_path_factory.mktemp("guarded"))
    shutil.copytree(installation.store, place.store)
    settings = {"DIGITS_API_KEYS": KEY, "DIGITS_RATE_LIMIT": "10/minute"}
    with place.serving(**settings) as service:
        wait_until("the service is ready", service.is_ready)
        yield service


def test_key_is_asked_for_and_kept_in_memory_only(
    open_page: OpenPage, guarded: Service
) -> None:
    page = open_page(base_url=guarded.url, told=REFUSED)
    pad, asked, key = Pad(page), Asked(page), page.locator("#key")
    expect(key).to_be_visible()
    expect(page.locator(".about code")).to_contain_text(
        '-H "Authorization: Bearer $KEY"'
    )
    pad.draw(SEVEN)
    expect(page.locator("#fault")).to_contain_text("who has a key")
    key.fill("another key")
    key.press("Enter")
    expect(page.locator("#fault")).to_contain_text("who has a key")
    key.fill(KEY)
    key.press("Enter")
    pad.expect_answer(7)
    expect(page.locator("#fault")).to_be_hidden()
    kept = page.evaluate(
        "JSON.stringify([localStorage, sessionStorage, document.cookie])"
    )
    assert KEY not in kept

    # The first answer tells of the limit: from then on nothing is asked while drawing.
    asked.requests.clear()
    pad.page.locator("#clear").click()
    pad.draw(SEVEN)
    pad.expect_answer(7)
    assert asked.drafts == [False]


def test_lesson_asks_for_the_key_and_goes_on_in_place(
    open_page: OpenPage, guarded: Service
) -> None:
    page = open_page("/learn#step-4", base_url=guarded.url, told=REFUSED)
    page.locator("#truth-1").check()
    expect(page.locator("#fault")).to_contain_text("No valid key")
    expect(page.locator("#key")).to_be_focused()
    page.locator("#key").fill(KEY)
    page.locator("#key").press("Enter")
    expect(page.locator("#step-4")).to_contain_text("The truth is 1")
    expect(page.locator("#fault")).to_be_hidden()


def test_limit_that_is_reached_is_told_with_its_end(page: Page) -> None:
    problem = {"type": "/docs#problem-rate-limit", "title": "", "detail": ""}
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.fulfill(status=429, json=problem, headers={"Retry-After": "2"})

    page.route("**/predict?*", refuse_once)
    page.locator("[data-sample='7']").click()
    expect(page.locator("#fault")).to_contain_text("the next answer is free in 2 s")
    Pad(page).expect_answer(7)  # by itself


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (503, '{"type": "/docs#problem-overload", "detail": "busy"}', "too much to do"),
        (503, '{"type": "/docs#problem-store-unavailable"}', "cannot use its store"),
        (502, "<html><h1>502 Bad Gateway</h1></html>", "(status 502)"),
        (200, "<html>Log in to the network</html>", "not the service's"),
        (500, '{"type": "/docs#problem-unexpected"}', "The service says"),
        (500, '{"type": "about:blank"}', "(status 500)"),
    ],
)  # fmt: skip
def test_other_answers_are_told_and_can_be_asked_again(
    page: Page, status: int, body: str, said: str
) -> None:
    pad = Pad(page)
    page.route("**/predict?*", lambda route: route.fulfill(status=status, body=body))
    pad.draw(SEVEN)
    expect(page.locator("#fault")).to_contain_text(said)
    assert pad.is_inked
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    pad.expect_answer(7)
    expect(page.locator("#fault")).to_be_hidden()


def test_older_answer_goes_where_a_new_picture_has_none(page: Page) -> None:
    pad = Pad(page)
    page.locator("[data-sample='4']").click()
    pad.expect_answer(4)
    paper = digits.png(Image.new("L", (100, 100), 255))
    page.locator("#file").set_input_files(
        {"name": "paper.png", "mimeType": "image/png", "buffer": paper}
    )
    expect(page.locator("#fault.hint")).to_contain_text("No digit there yet")
    expect(page.locator("#label")).to_have_text("")
    expect(page.locator("#sentence")).to_have_text("No answer yet.")


def test_drawing_is_asked_again_when_the_connection_is_back(
    open_page: OpenPage,
) -> None:
    page = open_page(told="net::ERR_INTERNET_DISCONNECTED")
    pad = Pad(page)
    page.context.set_offline(True)
    pad.draw(SEVEN)
    expect(page.locator("#fault")).to_contain_text("No connection")
    page.context.set_offline(False)
    pad.expect_answer(7)


def test_answer_that_is_late_is_told(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/predict?*", hold)
    page.locator("[data-sample='7']").click()
    expect(page.locator("#sentence")).to_have_text("Reading …")
    expect(page.locator("#fault")).to_contain_text("No answer for 3 s")
    for route in held:
        route.continue_()
    Pad(page).expect_answer(7)


def test_page_without_a_model_opens_by_itself(
    open_page: OpenPage, installation: Installation, tmp_path: Path
) -> None:
    place = Installation(tmp_path)
    with place.serving() as service:
        page = open_page(base_url=service.url, told=REFUSED)
        pad = Pad(page)
        expect(page.locator("#fault")).to_contain_text("No model yet")
        pad.draw(SEVEN)
        shutil.copytree(installation.store, place.store)
        pad.expect_answer(7)
        assert pad.is_inked


def test_embedded_set_is_told_with_what_brings_mnist(page: Page) -> None:
    expect(page.locator(".notice").first).to_contain_text("make train")
