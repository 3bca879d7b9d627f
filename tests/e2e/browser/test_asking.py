"""What is asked while one draws, what is shown of it, and what is said aloud."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pad import ONE, SEVEN, Asked, Pad
from tests.support.waiting import wait_until


def answering(answer: dict[str, Any]) -> Callable[[Route], None]:
    """Answer in the place of the service."""
    return lambda route: route.fulfill(json=answer)


def test_drafts_are_asked_one_at_a_time_and_the_end_at_once(pad: Pad) -> None:
    page, asked = pad.page, Asked(pad.page)
    running, most = 0, 0

    def begin(_: object) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)

    def end(_: object) -> None:
        nonlocal running
        running -= 1

    page.on("request", begin)
    page.on("requestfinished", end)
    page.on("requestfailed", end)
    page.mouse.move(*pad.at(*SEVEN[0]))
    page.mouse.down()
    for point in SEVEN[1:]:
        page.mouse.move(*pad.at(*point), steps=4)
        page.wait_for_timeout(150)
    expect(page.locator("#label.draft")).to_have_text("7")
    assert most == 1
    page.mouse.up()
    pad.expect_answer(7)
    assert asked.drafts.count(True) >= 2
    assert asked.drafts.index(False) == len(asked.drafts) - 1
    assert len(asked.drafts) < 12


def test_drafts_are_not_counted_as_predictions(open_page: OpenPage) -> None:
    page = open_page()
    pad, asked = Pad(page), Asked(page)
    before = _counted(page)
    pad.draw(SEVEN)
    pad.expect_answer(7)
    assert asked.drafts.count(False) == 1
    assert _counted(page) - before == 1


def _counted(page: Page) -> float:
    text = page.request.get("/metrics").text()
    samples = [li for li in text.splitlines() if li.startswith("digits_predictions_to")]
    return sum(float(sample.split()[-1]) for sample in samples)


def test_older_answer_never_replaces_a_newer_one(pad: Pad) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    pad.page.route("**/predict?*", hold_the_first)
    pad.draw(ONE)
    pad.page.locator("#clear").click()
    pad.draw(SEVEN)
    pad.expect_answer(7)
    answer = {"label": 1, "outputs": [0.1] * 10, "confidence": 1, "model": {}}
    held[0].fulfill(body=json.dumps(answer))
    pad.page.wait_for_timeout(100)
    pad.expect_answer(7)


def test_half_drawn_digit_does_not_flicker(pad: Pad) -> None:
    doubtful: dict[str, Any] = {
        "label": 3, "outputs": [0.1] * 10, "confidence": 0.2,
        "model": {"version": 1}, "energy": None,
    }  # fmt: skip
    pad.draw(SEVEN)
    pad.expect_answer(7)
    pad.page.route("**/predict?*draft*", answering(doubtful))
    pad.page.mouse.move(*pad.at(0.2, 0.2))
    pad.page.mouse.down()
    pad.page.mouse.move(*pad.at(0.3, 0.9), steps=8)
    expect(pad.page.locator("#sentence")).to_contain_text("Not sure")
    expect(pad.page.locator("#label")).to_have_text("7")
    expect(pad.page.locator("#why")).to_have_class("digit stale")
    pad.page.mouse.up()


def test_answer_is_said_once_for_each_drawing(pad: Pad) -> None:
    page = pad.page
    page.evaluate(
        """window.said = [];
        new MutationObserver(() => said.push(document.getElementById("said").innerText))
            .observe(document.getElementById("said"), { childList: true });"""
    )
    pad.draw(SEVEN)
    pad.expect_answer(7)
    (said,) = wait_until("something is said", lambda: page.evaluate("said"))
    assert said.startswith("Seven. ")
    assert said.endswith(" percent sure.")
    assert "%" not in said


def test_detail_adds_up_what_a_drawing_costs(pad: Pad) -> None:
    detail = pad.page.locator("#detail")
    pad.page.locator("[data-sample='3']").click()
    pad.expect_answer(3)
    expect(detail).to_contain_text("this drawing: 1 answer,")
    pad.page.locator("[data-sample='4']").click()
    pad.expect_answer(4)
    expect(detail).to_contain_text("this drawing: 2 answers,")
    pad.page.locator("#clear").click()
    expect(detail).to_have_text("")


def test_confidence_is_never_a_hundred_per_cent(pad: Pad) -> None:
    outputs = [0.0] * 7 + [1.0, 0.0, 0.0]
    answer = {"label": 7, "outputs": outputs, "model": {"version": 1}, "energy": None}
    for confidence, words in (
        (1.0, "7, more than 99.9 % sure; next 0"),
        (0.9989999, "7, 99.8 % sure; next 0"),
        (0.61, "Not sure: 7 or 0; 61.0 % for 7"),
        (0.0, "Not sure: 7 or 0; less than 0.1 % for 7"),
    ):
        pad.page.unroute_all()
        pad.page.route("**/predict?*", answering(answer | {"confidence": confidence}))
        pad.page.locator("[data-sample='7']").click()
        expect(pad.page.locator("#sentence")).to_have_text(words)


def test_warnings_stand_beside_the_digit(pad: Pad) -> None:
    page = pad.page
    several = {"label": 7, "outputs": [0.1] * 10, "confidence": 0.9, "energy": None,
               "model": {"version": 1},
               "warnings": ["several digits were seen; one was read"]}  # fmt: skip
    page.route("**/predict?*", answering(several))
    pad.draw(*([(left + x, y) for x, y in ONE] for left in (-0.2, 0.2)))
    expect(page.locator("#warnings li")).to_contain_text("several digits were seen")
    page.locator("#read-all").click()
    expect(page.locator("#label")).to_have_text("11")
