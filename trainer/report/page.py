"""A directory with a page of plots, which is there whole or not at all."""

import base64
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from model_store.place import StorePath, whole_directory

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
    """What stands above the plots: a heading, and a summary in HTML.

    Attributes:
        results: for programs, written beside the page as results.json; or None.
    """

    heading: str
    summary: str
    results: Mapping[str, Any] | None = None

    def html(self, figures: Mapping[str, str]) -> str:
        """The whole page, with each plot's figure by its name."""
        headings = [
            *re.findall(r'<h2 id="(\w+)">([^<]*)</h2>', self.summary),
            *((name, name.replace("_", " ").capitalize()) for name in figures),
        ]
        links = (f'<li><a href="#{name}">{text}</a></li>' for name, text in headings)
        return _PAGE.substitute(
            heading=escape(self.heading),
            contents="".join(links),
            summary=self.summary,
            figures="\n".join(figures.values()),
        )


def table(rows: Iterable[Iterable[object]]) -> str:
    """Rows of cells as HTML, the first of each row its heading."""
    lines = []
    for heading, *cells in rows:
        data = "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{escape(str(heading))}</th>{data}</tr>')
    return f'<div class="wide"><table>{"".join(lines)}</table></div>'


def write_page(page: Page, plots: Iterable[Plot], directory: StorePath) -> None:
    """Make the directory whole.

    A PNG file for each plot, index.html, and results.json if the page has results.
    Raises OSError.
    """
    with whole_directory(directory) as unfinished:
        if page.results is not None:
            text = json.dumps(page.results)
            (unfinished / "results.json").write_text(text, encoding="utf-8")
        html = page.html({plot.name: _written(plot, unfinished) for plot in plots})
        (unfinished / "index.html").write_text(html, encoding="utf-8")


def _written(plot: Plot, directory: Path) -> str:
    """Write a plot's file; its place in the page, which holds the picture itself."""
    content = plot.png()
    (directory / f"{plot.name}.png").write_bytes(content)
    return _FIGURE.substitute(
        name=plot.name,
        sentence=escape(plot.sentence),
        png=base64.b64encode(content).decode("ascii"),
    )


_FIGURE = Template("""\
<figure id="$name">
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
<link rel="icon" href="data:,">
<style>
:root { --ink: #1c2430; --page: #fbfaf7; --quiet: #555b66;
  --line: #c9c5ba; --soft: #f1eee6; }
@media screen { :root { color-scheme: light dark; } }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #ece9e2;
  --page: #16191e; --quiet: #a9adb5; --line: #454b55; --soft: #20242b; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto;
  padding: 0 1rem; color: var(--ink); background: var(--page);
  overflow-wrap: anywhere; }
nav ul { columns: 9rem; padding: 0; list-style: none; }
nav li { padding: 0.25rem 0; }
nav a { display: inline-block; }
a { color: inherit; }
figure { margin: 2.5rem 0; }
img { max-width: 100%; height: auto; background: #fff; }
figcaption { color: var(--quiet); }
pre { overflow-x: auto; background: var(--soft); padding: 0.75rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: 0.2rem 0.9rem 0.2rem 0; text-align: left; font-weight: normal;
  border-bottom: 1px solid var(--line); overflow-wrap: normal; }
@media print { nav { display: none; } .wide { overflow: visible; }
  figure, tr { break-inside: avoid; } h2 { break-after: avoid; } }
</style>
</head>
<body>
<h1>$heading</h1>
<nav aria-label="Contents"><ul>$contents</ul></nav>
$summary
$figures
</body>
</html>
""")
