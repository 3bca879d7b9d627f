"""The page /learn in a browser: step by step by key, one's own drawing, no script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.browser.conftest import SIZES, OpenPage
from tests.e2e.browser.pad import SEVEN, Pad


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_learn_page(open_page: OpenPage, theme: str) -> None:
    report = Axe().run(open_page("/learn", color_scheme=theme))
    assert "Found 0" in report.generate_report(), report.generate_report()


@pytest.mark.parametrize("width", [320, *(width for width, _ in SIZES.values())])
def test_learn_page_never_scrolls_sideways(open_page: OpenPage, width: int) -> None:
    page = open_page("/learn", viewport={"width": width, "height": 700})
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_steps_are_walked_by_key_and_named_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/learn")
    page.locator("#next").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#where")).to_have_text("Step 0 of 9")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#step-7")).to_be_visible()
    expect(page.locator("#step-6")).to_be_hidden()
    assert page.url.endswith("#step-7")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#step-6")).to_be_visible()
    page.locator("#all").click()
    expect(page.locator("#step-0")).to_be_visible()


def test_teacher_can_link_to_a_step(open_page: OpenPage) -> None:
    page = open_page("/learn#step-5")
    expect(page.locator("#step-5")).to_be_visible()
    expect(page.locator("#step-4")).to_be_hidden()


def test_own_drawing_is_taught_a_truth_and_stays(open_page: OpenPage) -> None:
    page = open_page("/")
    pad = Pad(page)
    pad.draw(SEVEN)
    pad.expect_answer(7)
    page.goto(page.url.rstrip("/") + "/learn")
    page.locator("#mine").click()
    expect(page.get_by_text("So the digit is read as 7.")).to_be_visible()
    page.locator("input[name=truth][value='1']").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The truth is 1, which the network")).to_be_visible()
    expect(page.get_by_text("mine")).to_be_visible()


def test_without_script_all_steps_stand_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/learn", java_script_enabled=False)
    for number in range(10):
        expect(page.locator(f"#step-{number}")).to_be_visible()
    page.locator("input[name=alpha]").fill("1000000")
    page.locator("input[name=truth][value='1']").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The truth is 1")).to_be_visible()
