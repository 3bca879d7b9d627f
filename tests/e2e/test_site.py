"""make docs: no dead link, no page outside the contents, nothing from another host."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import ROOT

# What a browser loads by itself; links that are followed by a click may lead anywhere.
_LOADED = re.compile(
    r'<(?:script|img|iframe)[^>]*src="(?:https?:)?//'
    r'|<link[^>]*rel="(?:stylesheet|icon|preconnect)"[^>]*href="(?:https?:)?//'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "--fail-on-warning",
        "--keep-going",
        "-q",
    ]
    built = subprocess.run(
        [*command, "-d", out / "doctrees", ROOT / "docs", out / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return out / "html"


def test_every_page_is_built(site: Path) -> None:
    names = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert {page.stem for page in site.glob("*.html")} >= names


def test_no_page_loads_from_another_host(site: Path) -> None:
    for page in site.glob("*.html"):
        assert not _LOADED.search(page.read_text(encoding="utf-8")), page.name
    for style in site.rglob("*.css"):
        assert "url(http" not in style.read_text(encoding="utf-8"), style.name
