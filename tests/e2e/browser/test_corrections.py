"""A wrong answer is corrected on the page: stored once, and taken back."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import TOKEN, OpenPage
from tests.e2e.browser.pad import Pad
from tests.support.waiting import wait_until


def _pending(page: Page) -> int:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = page.request.get("/feedback", headers=headers)
    return len(answer.json()["corrections"])


def test_correction_is_stored_once_and_taken_back(open_page: OpenPage) -> None:
    page = open_page()
    before = _pending(page)
    correct, state = page.locator("#correct"), page.locator("#correct-state")
    expect(correct).to_be_hidden()
    page.locator("[data-sample='3']").click()
    Pad(page).expect_answer(3)
    expect(correct.locator("[data-right='3']")).to_be_hidden()
    expect(correct).to_contain_text("nothing is kept")
    correct.locator("[data-right='8']").dblclick()
    expect(state).to_contain_text("Stored as 8")
    # An odd correction may be put aside rather than wait.
    stored = wait_until("it is stored", lambda: _all(page))
    assert len(stored) == 1
    state.get_by_role("button", name="Undo").click()
    expect(state).to_contain_text("Taken back")
    assert _pending(page) == before


def _all(page: Page) -> list[int]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    found = [
        page.request.get(f"/feedback?state={state}", headers=headers).json()
        for state in ("pending", "quarantined")
    ]
    return [one["id"] for answer in found for one in answer["corrections"]]


def test_new_drawing_has_a_correction_of_its_own(open_page: OpenPage) -> None:
    page = open_page()
    correct = page.locator("#correct")
    page.locator("[data-sample='3']").click()
    Pad(page).expect_answer(3)
    correct.locator("[data-right='none']").click()
    expect(page.locator("#correct-state")).to_contain_text("Stored as no digit")
    page.locator("[data-sample='7']").click()
    Pad(page).expect_answer(7)
    expect(page.locator("#correct-state")).not_to_contain_text("Stored")
    expect(correct.locator("[data-right='1']")).to_be_enabled()
