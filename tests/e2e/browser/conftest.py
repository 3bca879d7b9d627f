"""One Chromium and one service for all tests in a browser; a fresh page for each.

Pages of the same kind share a browser context, so that Chromium need not fetch the
style sheets and modules anew for each: what pages keep is kept by the tab.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.browser.pad import Pad
from tests.e2e.tools import need_tools
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until

TOKEN = "a-token-of-the-tests"
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desktop": (1280, 900)}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    if not shutil.which("chromium"):
        need_tools()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def installation(
    tmp_path_factory: pytest.TempPathFactory, first_store: Path
) -> Installation:
    """A store with one version, trained for real."""
    place = Installation(tmp_path_factory.mktemp("browser"))
    shutil.copytree(first_store, place.store)
    return place


@pytest.fixture(scope="session")
def quiet_site(
    tmp_path_factory: pytest.TempPathFactory, installation: Installation
) -> Iterator[Service]:
    """A service of two equal versions, that gets no corrections but the review's."""
    place = Installation(tmp_path_factory.mktemp("quiet"))
    shutil.copytree(installation.store, place.store)
    shutil.copy(place.versions / "000001.npz", place.versions / "000002.npz")
    with place.serving(DIGITS_ADMIN_TOKEN=TOKEN) as service:
        wait_until("the service is ready", service.is_ready)
        yield service


@pytest.fixture(scope="session")
def site(installation: Installation) -> Iterator[Service]:
    """The service that the pages are of."""
    with installation.serving(DIGITS_ADMIN_TOKEN=TOKEN) as service:
        wait_until("the service is ready", service.is_ready)
        yield service


class Listener:
    """Notes what pages log, and what they ask of other hosts."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen(self, page: Page, home: str, told: str) -> None:
        """told: what may be logged, for pages that are refused something."""
        page.on("console", lambda message: self._note(message.text, told))
        page.on("pageerror", lambda error: self._note(str(error), told))
        page.on("request", lambda request: self._check(request.url, home))

    def _note(self, text: str, told: str) -> None:
        if not told or told not in text:
            self.heard.append(text)

    def _check(self, url: str, home: str) -> None:
        if not url.startswith((home, "data:", "blob:")):
            self.heard.append(f"asked {url}")


class Contexts:
    """The browser contexts, one for each choice of their options."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._made: dict[str, BrowserContext] = {}

    def of(self, options: dict[str, Any]) -> BrowserContext:
        """The context with these options."""
        key = repr(sorted(options.items()))
        if key not in self._made:
            self._made[key] = self._browser.new_context(**options)
        return self._made[key]

    def close(self) -> None:
        """Close all of them."""
        for context in self._made.values():
            context.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[Contexts]:
    """What the tests' pages are opened in."""
    contexts = Contexts(browser)
    yield contexts
    contexts.close()


@pytest.fixture
def open_page(contexts: Contexts, site: Service) -> Iterator[OpenPage]:
    """Open a page; afterwards none may have logged a message, nor asked another host.

    path: its address. size: of SIZES. told: see Listener. Further keywords are the
    browser context's.
    """
    pages: list[Page] = []
    listener = Listener()

    def open_page(
        path: str = "/", size: str = "desktop", told: str = "", **options: Any
    ) -> Page:
        width, height = SIZES[size]
        defaults = {
            "viewport": {"width": width, "height": height},
            "base_url": site.url,
        }
        page = contexts.of(defaults | options).new_page()
        pages.append(page)
        listener.listen(page, options.get("base_url", site.url), told)
        page.goto(path)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not listener.heard


@pytest.fixture
def pad(open_page: OpenPage) -> Pad:
    """The pad of the page to draw on, as on a desktop."""
    return Pad(open_page())
