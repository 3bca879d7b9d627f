"""For everybody: rules of accessibility, small screens, no script, forced colours."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.browser.conftest import SIZES, OpenPage
from tests.e2e.browser.pad import ONE, SEVEN, Pad
from tests.support import digits

PAGES = [
    "/",
    "/versions",
    "/versions/1",
    "/versions/1/mistakes/4/9",
    "/versions/compare?a=1&b=1",
    "/learn",
    "/docs",
    "/corrections",
]


# The spacing that readers may choose (WCAG 1.4.12).
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; word-spacing: .16em !important;
        letter-spacing: .12em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets.push(sheet);
}"""


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_either_theme(
    open_page: OpenPage, axe: Axe, path: str
) -> None:
    page = open_page(path)
    if path == "/":
        page.locator("[data-sample='7']").click()
        Pad(page).expect_answer(7)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        report = axe.run(page).generate_report()
        assert "Found 0" in report, report


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways(open_page: OpenPage, path: str) -> None:
    """Down to 320 pixels, which are 1280 at a zoom of 400 %; also in spaced text."""
    page = open_page(path)
    page.evaluate(SPACED)
    for width in (320, *(width for width, _ in SIZES.values())):
        page.set_viewport_size({"width": width, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, width


def test_pad_leaves_room_to_scroll_beside_it(open_page: OpenPage) -> None:
    page = open_page(size="phone")
    box = page.locator("#pad").bounding_box()
    assert box
    assert box["x"] >= 24
    assert box["x"] + box["width"] <= 360 - 24
    assert box["height"] <= 0.6 * 740


def test_zoom_is_never_forbidden(open_page: OpenPage) -> None:
    viewport = open_page().locator("meta[name=viewport]").get_attribute("content")
    assert viewport == "width=device-width, initial-scale=1"


HEIGHTS = "targets => targets.map(target => target.getBoundingClientRect().height)"


def test_targets_are_large_enough_for_a_finger(open_page: OpenPage) -> None:
    page = open_page(size="phone")
    for path in PAGES:
        page.goto(path)
        targets = page.locator("button:visible, select:visible, .top a:visible")
        assert min(targets.evaluate_all(HEIGHTS)) >= 44, path


def test_bars_are_seen_in_forced_colours(open_page: OpenPage) -> None:
    page = open_page(forced_colors="active")
    page.locator("[data-sample='7']").click()
    Pad(page).expect_answer(7)
    fill = "part => getComputedStyle(document.querySelector(part)).fill"
    bar = page.evaluate(fill, "#outputs .best .filled")
    assert bar != page.evaluate(fill, "#outputs .best .track")


def test_current_page_is_marked_in_forced_colours(open_page: OpenPage) -> None:
    page = open_page(forced_colors="active")
    line = "link => getComputedStyle(link).borderBottomColor"
    here, there = page.locator("nav a[aria-current]"), page.get_by_text("Versions")
    assert here.evaluate(line) != there.evaluate(line)


def test_bars_do_not_move_where_motion_is_reduced(open_page: OpenPage) -> None:
    bar = open_page(reduced_motion="reduce").locator("#outputs .filled").first
    expect(bar).to_have_css("transition-duration", "0s")


@pytest.mark.parametrize("path", ["/", "/versions", "/versions/1", "/reports/1/"])
def test_print_is_dark_on_white_and_whole(open_page: OpenPage, path: str) -> None:
    page = open_page(path, viewport={"width": 718, "height": 1000})  # of A4
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("body")).to_have_css("color", "rgb(28, 36, 48)")
    assert page.locator("nav:visible, button:visible").count() == 0
    cut = "parts => parts.filter(part => part.scrollWidth > part.clientWidth).length"
    assert page.locator(".wide:visible").evaluate_all(cut) == 0


@pytest.mark.parametrize(
    ("size", "whole"), [("phone", False), ("desktop", False), ("desktop", True)]
)
def test_nothing_moves_when_an_answer_comes(
    open_page: OpenPage, size: str, whole: bool
) -> None:
    page = open_page(size=size)
    page.locator("#whole").set_checked(whole)
    places = ["#pad"] if whole else ["#pad", "#outputs", "#seen", "#detail"]

    def tops() -> list[float]:
        get = "id => document.querySelector(id).parentElement.getBoundingClientRect().y"
        return [page.evaluate(get, place) for place in places]

    before = tops()
    Pad(page).draw(ONE if whole else SEVEN)
    Pad(page).expect_answer(1 if whole else 7)
    assert tops() == before


def test_without_script_the_form_is_answered(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(java_script_enabled=False)
    expect(page.locator("#pad")).to_be_hidden()
    file = tmp_path / "digit.png"
    file.write_bytes(digits.picture(4))
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("#label")).to_have_text("4")
    expect(page.locator("#seen")).to_be_visible()
