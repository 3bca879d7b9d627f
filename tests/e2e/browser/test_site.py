"""make docs: no dead link, nothing from another host, and rules of accessibility."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.support.environment import ROOT

# What a browser loads by itself; links that are followed by a click may lead anywhere.
_LOADED = re.compile(
    r'<(?:script|img|iframe)[^>]*src="(?:https?:)?//'
    r'|<link[^>]*rel="(?:stylesheet|icon|preconnect)"[^>]*href="(?:https?:)?//'
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "--fail-on-warning",
        "--keep-going",
        "-q",
    ]
    sphinx = subprocess.run(
        [*command, "-d", out / "doctrees", ROOT / "docs", out / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert sphinx.returncode == 0, sphinx.stderr
    return out / "html"


def test_every_page_is_built(built: Path) -> None:
    names = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert {page.stem for page in built.glob("*.html")} >= names


def test_no_page_loads_from_another_host(built: Path) -> None:
    for page in built.glob("*.html"):
        assert not _LOADED.search(page.read_text(encoding="utf-8")), page.name
    for style in built.rglob("*.css"):
        assert "url(http" not in style.read_text(encoding="utf-8"), style.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_site(
    built: Path, browser: Browser, theme: Any
) -> None:
    page = browser.new_page(color_scheme=theme)
    for name in ("index", "notebook", "client"):
        page.goto((built / f"{name}.html").as_uri())
        report = Axe().run(page).generate_report()
        assert "Found 0" in report, report
    page.close()
