"""A directory with a page of plots, which is there whole or not at all."""

import base64
import io
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DOTS_PER_INCH = 110


@dataclass(frozen=True)
class Plot:
    """A figure, the name of its file, and a sentence that says what it shows."""

    name: str
    sentence: str
    figure: "Figure"

    def png(self) -> bytes:
        """The file's content."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png", dpi=_DOTS_PER_INCH)
        return file.getvalue()


@dataclass(frozen=True)
class Page:
    """What stands above the plots: a heading, and a summary in HTML."""

    heading: str
    summary: str

    def html(self, figures: Sequence[str]) -> str:
        """The whole page."""
        return _PAGE.substitute(
            heading=escape(self.heading),
            summary=self.summary,
            figures="\n".join(figures),
        )


def write_page(page: Page, plots: Iterable[Plot], directory: Path) -> Path:
    """Make the directory under another name, rename it when whole; its page's path.

    A PNG file for each plot, and index.html. Raises OSError.
    """
    # A directory has one writer, so what a killed one left behind can be removed.
    unfinished = directory.with_name(f".unfinished-{directory.name}")
    for old in (unfinished, directory):
        if old.exists():
            shutil.rmtree(old)
    unfinished.mkdir(parents=True)
    try:
        html = page.html([_written(plot, unfinished) for plot in plots])
        (unfinished / "index.html").write_text(html, encoding="utf-8")
        unfinished.rename(directory)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return directory / "index.html"


def _written(plot: Plot, directory: Path) -> str:
    """Write a plot's file; its place in the page, which holds the picture itself."""
    content = plot.png()
    (directory / f"{plot.name}.png").write_bytes(content)
    return _FIGURE.substitute(
        sentence=escape(plot.sentence), png=base64.b64encode(content).decode("ascii")
    )


_FIGURE = Template("""\
<figure>
<img src="data:image/png;base64,$png" alt="$sentence">
<figcaption>$sentence</figcaption>
</figure>""")

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$heading: training report</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto;
  padding: 0 1rem; color: #222; background: #fff; }
figure { margin: 2.5rem 0; }
img { max-width: 100%; height: auto; }
figcaption { color: #444; }
pre { overflow-x: auto; background: #f4f4f4; padding: 0.75rem; }
td, th { padding: 0.1rem 0.75rem 0.1rem 0; text-align: left; }
</style>
</head>
<body>
<h1>$heading</h1>
$summary
$figures
</body>
</html>
""")
