"""The page /learn in a browser: it answers in place, by key, and without script."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.pad import SEVEN, Pad


def _stays(page: Page) -> None:
    """That the page was not loaded anew since `_mark`."""
    assert page.evaluate("window.marked") is True


def _mark(page: Page) -> None:
    page.evaluate("window.marked = true")


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
    _mark(page)
    page.locator("#mine").click()
    expect(page.get_by_text("So the digit is read as 7.")).to_be_visible()
    page.locator("#truth-1").check()
    expect(page.get_by_text("The truth is 1, but the network")).to_be_visible()
    expect(page.get_by_label("mine")).to_be_checked()
    expect(page.locator("#truth-1")).to_be_focused()
    _stays(page)


def test_any_hidden_node_is_picked_by_number_by_click_and_along_its_path(
    open_page: OpenPage,
) -> None:
    page = open_page("/learn#step-1")
    _mark(page)
    page.locator("#pick-node1").fill("7")
    page.keyboard.press("Tab")
    weights = page.locator("#step-1 img").first
    expect(weights).to_have_attribute("alt", "column 7 of W1 as a picture")
    expect(page.locator("#step-1")).to_contain_text("Node 7 has 784 weights")

    page.locator("#next").click()
    layer = page.locator("#step-2 .nodes")
    layer.scroll_into_view_if_needed()
    box = layer.bounding_box()
    assert box
    side = box["width"] / 25
    layer.click(position={"x": 3.5 * side, "y": 2.5 * side})
    expect(layer).to_have_attribute("aria-label", re.compile("node 53 is framed"))
    expect(page.locator("#step-2 .adds")).to_have_attribute(
        "aria-label", re.compile(r"^What node 53 adds to each digit's n: 0 [+-]")
    )

    on = page.locator("#step-2 button").first
    number = on.get_attribute("value")
    on.click()
    page.locator("#next").click()
    expect(page.locator("#step-3")).to_contain_text(f"Node {number} has 500 weights")
    _stays(page)


def test_alpha_is_a_slider_with_its_figure(open_page: OpenPage) -> None:
    page = open_page("/learn#step-8")
    alpha, slider = page.locator("#alpha"), page.locator("#slider")
    fell = page.locator("#fell")
    before = fell.inner_text()
    slider.focus()
    page.keyboard.press("Home")
    expect(alpha).to_have_value("0.00001")
    expect(fell).not_to_have_text(before)
    expect(page.locator("#slider")).to_be_focused()
    alpha.fill("1000")
    alpha.press("Enter")
    expect(page.locator("#step-8")).to_contain_text("alpha is 1000")


def test_without_script_all_steps_stand_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/learn", java_script_enabled=False)
    for number in range(10):
        expect(page.locator(f"#step-{number}")).to_be_visible()
    expect(page.locator("#slider")).to_be_hidden()
    page.locator("#alpha").fill("1000000")
    page.locator("#truth-1").check()
    page.locator("#pick-node1").fill("7")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("The truth is 1")).to_be_visible()
    expect(page.get_by_text("Node 7 has 784 weights")).to_be_visible()
