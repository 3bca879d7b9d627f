"""The documentation site, which `make docs` builds: Sphinx, MyST and Furo."""

from pathlib import Path

from sphinx.application import Sphinx

project = "Digits"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Digits"
html_show_sphinx = False
html_copy_source = False
myst_heading_anchors = 4
exclude_patterns = ["plots"]
# Prompts are set apart, so that a command can be copied without its $.
highlight_language = "text"
_TABLE = '<div class="table-wrapper colwidths-auto docutils container"'
# The start of a tag of the theme's, and what axe misses in it.
_MISSING = {
    '<p class="caption" role="heading"': ' aria-level="2"',
    '<aside class="sidebar-drawer"': ' aria-label="Pages"',
    '<aside class="toc-drawer"': ' aria-label="On this page"',
    "<pre": ' tabindex="0"',  # what may scroll can be reached by key
    _TABLE: ' tabindex="0" role="group" aria-label="Table"',
}


def _make_accessible(app: Sphinx, error: Exception | None) -> None:
    """Give the theme's tags the levels, names and focus that they lack."""
    for page in Path(app.outdir).glob("*.html") if error is None else ():
        html = page.read_text(encoding="utf-8")
        for tag, missing in _MISSING.items():
            html = html.replace(f"{tag}>", f"{tag}{missing}>")
        page.write_text(html, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Sphinx calls this by its name."""
    app.connect("build-finished", _make_accessible)
