"""A report for each version: plots as PNG files, and one page that shows them."""

import base64
import io
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from trainer.data import Digits
from trainer.evaluate import Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trainer.run import Trained

_DOTS_PER_INCH = 110


@dataclass(frozen=True)
class Subject:
    """The version that a report is about, and how it came about.

    Attributes:
        evaluation: of the test rows.
        energy_source: of the run's joules, None if there is none.
    """

    version: int
    trained: "Trained"
    digits: Digits
    evaluation: Evaluation
    energy_source: str | None

    def __str__(self) -> str:
        test, epochs = self.digits.test, self.trained.reports
        parts = [
            f"{self.evaluation.accuracy:.2%} of {len(test):,} test rows right"
            f" ({test.file})",
            f"layers {'-'.join(map(str, self.trained.network.layers))}",
            f"{self.trained.settings.loss}",
            f"{len(epochs)} epochs over {self.digits.train.file}",
        ]
        if epochs[-1].joules is not None:
            parts.append(f"{epochs[-1].joules:,.4g} J ({self.energy_source})")
        return " · ".join(parts)


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


def report_on(
    subject: Subject, directory: Path, say: Callable[[str], None]
) -> Path | None:
    """Write a version's report into `directory`; the path of its page.

    A report that cannot be written (a full disk) is told and given up: the version
    stands without it.
    """
    try:
        page = write(subject, directory)
    except OSError as error:
        say(f"version {subject.version} has no report: {error}")
        return None
    say(f"report on version {subject.version}: {page}")
    return page


def write(subject: Subject, directory: Path) -> Path:
    """Make the directory under another name, rename it when whole. Raises OSError."""
    # A version has one writer, so what a killed one left behind can be removed.
    unfinished = directory.with_name(f".unfinished-{directory.name}")
    for old in (unfinished, directory):
        if old.exists():
            shutil.rmtree(old)
    unfinished.mkdir(parents=True)
    try:
        shown = [_written(plot, unfinished) for plot in _plots(subject)]
        (unfinished / "index.html").write_text(_page(subject, shown), encoding="utf-8")
        unfinished.rename(directory)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return directory / "index.html"


def _plots(subject: Subject) -> Iterator[Plot]:
    # matplotlib takes a second to load, which no other command should wait for; its
    # log speaks of fonts and caches, on a stderr that may be a machine's to read.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from trainer.report_plots import report_plots  # noqa: PLC0415

    return report_plots(subject)


def _written(plot: Plot, directory: Path) -> str:
    """Write a plot's file; its place in the page, which holds the picture itself."""
    content = plot.png()
    (directory / f"{plot.name}.png").write_bytes(content)
    return _FIGURE.substitute(
        sentence=escape(plot.sentence), png=base64.b64encode(content).decode("ascii")
    )


def _page(subject: Subject, shown: Sequence[str]) -> str:
    return _PAGE.substitute(
        version=subject.version,
        subject=escape(str(subject)),
        figures="\n".join(shown),
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
<title>Version $version: training report</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto;
  padding: 0 1rem; color: #222; background: #fff; }
figure { margin: 2.5rem 0; }
img { max-width: 100%; height: auto; }
figcaption { color: #444; }
</style>
</head>
<body>
<h1>Version $version</h1>
<p>$subject</p>
$figures
</body>
</html>
""")
