"""Pinning and rolling back by the page, as an operator does it."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import TOKEN, OpenPage
from tests.support.installation import Service


@pytest.fixture
def page(open_page: OpenPage, quiet_site: Service) -> Page:
    refused = "the server responded with a status of 401"
    return open_page("/versions", base_url=quiet_site.url, told=refused)


def _state(page: Page, version: int) -> str:
    row = page.locator(f"[data-version='{version}']")
    return row.get_attribute("data-state") or ""


def test_version_is_pinned_and_rolled_back(page: Page) -> None:
    assert _state(page, 2) == "served newest"
    token, state = page.locator("#token"), page.locator("#versions-state")
    pin = page.locator("[data-version='1'] [data-pin]")
    expect(pin).to_have_text("Pin: serve 1 instead of 2")

    pin.click()
    expect(state).to_have_text("Type the admin token first.")
    token.fill("a wrong token")
    pin.click()
    expect(state).to_contain_text("Nothing was changed")

    token.fill(TOKEN)
    pin.click()
    expect(state).to_contain_text("Version 1 is pinned; version 1 is served here now")
    expect(page.locator(".notice")).to_contain_text("Version 1 is pinned")
    assert _state(page, 1) == "served pinned"

    unpin = page.locator("#unpin")
    expect(unpin).to_have_text("Unpin: serve 2 instead of 1")
    unpin.click()
    expect(state).to_contain_text("version 2 is served here now")
    expect(unpin).to_be_disabled()
    log = page.locator("#log-table tbody tr")
    expect(log.nth(0)).to_contain_text("unpin")
    expect(log.nth(1)).to_contain_text("pin 1")
    assert TOKEN not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")


def test_versions_are_compared(page: Page) -> None:
    page.locator("#a").fill("1")
    page.locator("#b").fill("2")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("Versions 1 and 2")
    expect(page.locator("main")).to_contain_text("the same")


CONTRASTS = """cells => cells.map((cell) => {
    const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    const light = (colour) => {
        const [red, green, blue] = channels(colour);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    };
    const style = getComputedStyle(cell);
    const clear = style.backgroundColor === "rgba(0, 0, 0, 0)";
    const ground = clear ? getComputedStyle(document.body).backgroundColor
        : style.backgroundColor;
    const [text, under] = [light(style.color), light(ground)];
    return Math.max(text, under) / Math.min(text, under);
})"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_count_of_the_confusion_matrix_can_be_read(
    open_page: OpenPage, theme: str
) -> None:
    page = open_page("/versions/1", color_scheme=theme)
    contrasts = page.locator(".matrix td").evaluate_all(CONTRASTS)
    assert len(contrasts) == 100
    assert min(contrasts) >= 4.5


def test_report_is_read_on_a_phone_and_in_the_dark(open_page: OpenPage) -> None:
    page = open_page("/versions/1", size="phone", color_scheme="dark")
    page.get_by_role("link", name="Its report").click()
    expect(page.locator("h1")).to_have_text("Version 1")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(22, 25, 30)"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Confusion", exact=True).click()
    expect(page.locator("#confusion img")).to_be_in_viewport()
